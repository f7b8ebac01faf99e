"""Roles: proposed by one person, confirmed by another, revoked with a reason.

GB/T 22239-2019 8.1.4 (安全管理): who opens accounts grants no roles, who grants roles opens no
accounts, and a change of privilege needs two people.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import facts, rules
from accounts.models import Membership, Region, RegionLevel, RoleGrant, User
from accounts.roles import REGIONAL, Role
from accounts.services.lengths import check_fits
from accounts.signals import roles_changed
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, WrongState
from audit.services import record


def propose_grant(
    *, user: User, role: Role, region: Region | None = None, reason: str, by: User
) -> RoleGrant:
    """A security administrator asks for a role for somebody; it works once confirmed."""
    role = Role(role)
    with transaction.atomic():
        locked = _lock(user)
        if not rules.may_propose_grants(by):
            raise NotPermitted(_("Only a security administrator proposes or revokes roles."))
        if locked.pk == by.pk:
            raise NotPermitted(_("Nobody grants a role to themselves."))
        if not reason.strip():
            raise Invalid(
                _("Give the ground of the grant, such as the appointment's document number."),
                field="reason",
            )
        check_grant(locked, role, region)
        grant = RoleGrant(
            user=locked,
            role=role,
            region=region,
            proposed_by=by,
            proposed_at=clock.now(),
            reason=reason.strip(),
        )
        check_fits(grant, "reason")
        _insert(grant)
        _record("role.propose", grant, by, reason=grant.reason, target="proposed")
        return grant


def check_grant(user: User, role: Role, region: Region | None) -> None:
    """Refuse a grant that breaks a rule. The caller holds the person's row locked."""
    if not user.is_active:
        raise WrongState(_("This account is disabled; enable it first."))
    if role in REGIONAL and region is None:
        raise Invalid(_("Choose the region of the regional officer."), field="region")
    if role not in REGIONAL and region is not None:
        raise Invalid(_("Only a regional officer is tied to a region."), field="region")
    if region is not None and (region.level == RegionLevel.PROVINCE or not region.in_zone):
        raise Invalid(
            _("A regional officer acts for a city or county of the zone."), field="region"
        )
    if Membership.objects.live().filter(user=user).exists():
        raise Invalid(
            _(
                "This person acts for a firm. Whoever acts for a firm holds no role; "
                "the membership must end first."
            ),
            field="role",
        )
    _check_pairs(user, role, region)


def _check_pairs(user: User, role: Role, region: Region | None) -> None:
    standing = list(RoleGrant.objects.standing().filter(user=user))
    if any(g.role == role and g.region_id == (region and region.pk) for g in standing):
        raise Invalid(_("The person holds this role, or it waits for confirmation."), field="role")
    other = rules.forbidden_with(role, frozenset(Role(g.role) for g in standing))
    if other is not None:
        raise Invalid(
            _("One person may not be both %(one)s and %(other)s. Revoke one before.")
            % {"one": role.label, "other": other.label},
            field="role",
        )


def _insert(grant: RoleGrant) -> None:
    try:
        grant.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("Somebody else changed this person's roles meanwhile. Open the page again.")
        ) from error


def confirm_grant(*, grant: RoleGrant, by: User) -> RoleGrant:
    """The second person: neither the proposer nor the one who receives the role."""
    with transaction.atomic():
        _lock(grant.user)
        locked = _lock_grant(grant)
        if not rules.may_confirm_grants(by):
            raise NotPermitted(_("Only a security or system administrator confirms roles."))
        if by.pk == locked.proposed_by_id:
            raise NotPermitted(_("You proposed this role. Another administrator must confirm it."))
        if by.pk == locked.user_id:
            raise NotPermitted(_("Nobody confirms a role of their own."))
        if locked.state != "proposed":
            raise WrongState(_("This proposal was confirmed or withdrawn already."))
        if not locked.user.is_active:
            raise WrongState(_("This account is disabled; enable it first."))
        before = facts.of_grant(locked)
        locked.confirmed_by = by
        locked.confirmed_at = clock.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        _record("role.confirm", locked, by, source="proposed", target="live", before=before)
        return _told(locked, grant)


def revoke_grant(*, grant: RoleGrant, reason: str, by: User) -> RoleGrant:
    """End a role, or withdraw a proposal; taking away needs one person and a reason."""
    with transaction.atomic():
        _lock(grant.user)
        locked = _lock_grant(grant)
        if not rules.may_propose_grants(by):
            raise NotPermitted(_("Only a security administrator proposes or revokes roles."))
        if locked.user_id == by.pk:
            raise NotPermitted(_("Nobody revokes a role of their own."))
        if not reason.strip():
            raise Invalid(_("Say why the role ends; the trail keeps it."), field="reason")
        if locked.state == "revoked":
            raise WrongState(_("This role was revoked already."))
        before, source = facts.of_grant(locked), locked.state
        locked.revoked_by = by
        locked.revoked_at = clock.now()
        locked.revoked_reason = reason.strip()
        check_fits(locked, "revoked_reason")
        locked.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
        _record(
            "role.revoke", locked, by, reason=reason, source=source, target="revoked", before=before
        )
        return _told(locked, grant)


def _lock(user: User) -> User:
    """The person's row first, in every service: grants and memberships queue behind it."""
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)


def _lock_grant(grant: RoleGrant) -> RoleGrant:
    return (
        RoleGrant.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "region")
        .get(pk=grant.pk)
    )


def _told(locked: RoleGrant, given: RoleGrant) -> RoleGrant:
    """Drop what was kept on the caller's object and tell whoever listens."""
    rules.forget(given.user)
    roles_changed.send(sender=RoleGrant, user=locked.user, role=Role(locked.role))
    return locked


def _record(
    action: str,
    grant: RoleGrant,
    by: User,
    *,
    reason: str = "",
    source: str = "",
    target: str = "",
    before: facts.Facts | None = None,
) -> None:
    record(
        action=action,
        obj=grant,
        by=by,
        role=rules.acting_role(by, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN),
        reason=reason,
        source=source,
        target=target,
        before=before,
        after=facts.of_grant(grant),
    )
