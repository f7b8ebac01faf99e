"""Firms and who acts for them. The last owner never leaves; history is ended, never deleted."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts import contacts, facts, rules
from accounts import uscc as codes
from accounts.models import (
    Level,
    Membership,
    Organisation,
    OrganisationKind,
    Region,
    RoleGrant,
    User,
)
from accounts.roles import Role
from accounts.services.lengths import check_fits, telephone
from accounts.signals import membership_changed
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record

TAKEN = _(
    "An organisation with this code is registered already. Ask one of its owners to add you "
    "as a member."
)
# One answer for unknown, disabled and role-holding people: a firm cannot probe who they are.
NOBODY = _(
    "No account that can act for a firm is registered under this e-mail address. Ask your "
    "colleague to register first, then add the address here."
)


def register_firm(
    *,
    name: str,
    uscc: str,
    region: Region,
    legal_representative: str,
    contact_phone: str = "",
    address: str = "",
    by: User,
) -> Organisation:
    """Register the firm one acts for; the person becomes its first owner."""
    with transaction.atomic():
        person = _lock_person(by)
        if not person.is_active:
            raise NotPermitted(_("This account is disabled."))
        if RoleGrant.objects.standing().filter(user=person).exists():
            raise NotPermitted(
                _("You hold a role in the review. Whoever holds a role acts for no firm.")
            )
        firm = _new(OrganisationKind.FIRM, name, uscc, region)
        firm.legal_representative = " ".join(legal_representative.split())
        firm.contact_phone = telephone(contact_phone, "contact_phone")
        firm.address = " ".join(address.split())
        if not firm.legal_representative:
            raise Invalid(
                _("Enter the legal representative as on the business licence."),
                field="legal_representative",
            )
        check_fits(firm, "legal_representative", "address")
        _insert_organisation(firm)
        record(action="firm.register", obj=firm, by=by, after=facts.of_organisation(firm))
        _join(firm, person, Level.OWNER, by)
        rules.forget(by)
        return firm


def register_unit(
    *, kind: OrganisationKind, name: str, uscc: str, region: Region, by: User
) -> Organisation:
    """Enter an authority or an expert's institution; firms register themselves."""
    with transaction.atomic():
        if not rules.has_any_role(by, Role.SYSTEM_ADMIN, Role.PROGRAMME_OFFICER):
            raise NotPermitted(_("Only a system administrator or programme officer enters units."))
        unit = _new(kind, name, uscc, region)
        _insert_organisation(unit)
        record(action="unit.register", obj=unit, by=by, after=facts.of_organisation(unit))
        return unit


def _new(kind: OrganisationKind, name: str, uscc: str, region: Region) -> Organisation:
    code = codes.normalise(uscc)
    check = codes.fault_for_firm if kind == OrganisationKind.FIRM else codes.fault
    wrong = check(code)
    if wrong is not None:
        raise Invalid(wrong.message, field="uscc")
    title = " ".join(name.split())
    if len(title) < 2:
        raise Invalid(_("Enter the full registered name."), field="name")
    new = Organisation(kind=kind, name=title, uscc=code, region=region, created_at=clock.NOW)
    check_fits(new, "name")
    return new


def _insert_organisation(organisation: Organisation) -> None:
    try:
        organisation.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(TAKEN, field="uscc") from error


EDITABLE = ("name", "legal_representative", "contact_phone", "address", "region")


def edit_firm(*, firm: Organisation, changes: Mapping[str, object], by: User) -> Organisation:
    """An owner corrects the firm's particulars; the code stays what was registered."""
    with transaction.atomic():
        locked = _lock_firm(firm)
        _require_owner(by, locked)
        before = facts.of_organisation(locked)
        for field in EDITABLE:
            if field in changes:
                value = changes[field]
                setattr(locked, field, " ".join(value.split()) if isinstance(value, str) else value)
        if "contact_phone" in changes:
            locked.contact_phone = telephone(locked.contact_phone, "contact_phone")
        if len(locked.name) < 2:
            raise Invalid(_("Enter the full registered name."), field="name")
        if not locked.legal_representative:
            raise Invalid(
                _("Enter the legal representative as on the business licence."),
                field="legal_representative",
            )
        check_fits(locked, "name", "legal_representative", "address")
        after = facts.of_organisation(locked)
        if after != before:
            locked.save(update_fields=list(EDITABLE))
            record(action="firm.edit", obj=locked, by=by, before=before, after=after)
        return locked


def add_member(
    *, firm: Organisation, user_or_email: User | str, level: Level, by: User
) -> Membership:
    """An owner lets a colleague work for the firm; the colleague has an account already."""
    with transaction.atomic():
        locked = _lock_firm(firm)
        _require_owner(by, locked)
        person = _colleague(user_or_email, locked)
        if isinstance(user_or_email, User):
            rules.forget(user_or_email)
        return _join(locked, person, level, by)


def _colleague(user_or_email: User | str, firm: Organisation) -> User:
    """The person, locked, when able to become a member; all that stands against it in one query."""
    if isinstance(user_or_email, User):
        found = User.objects.filter(pk=user_or_email.pk)
    else:
        address = contacts.normalise_email(user_or_email)
        found = User.objects.filter(email__iexact=address).exclude(email="")
    here = Membership.objects.live().filter(user=OuterRef("pk"), organisation=firm)
    roles = RoleGrant.objects.standing().filter(user=OuterRef("pk"))
    person = (
        found.annotate(is_here=Exists(here), has_role=Exists(roles))
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if person is None or not person.is_active or person.has_role:
        raise Invalid(NOBODY, field="email")
    if person.is_here:
        raise Invalid(_("This person is a member already."), field="email")
    return person


def _join(firm: Organisation, person: User, level: Level, by: User) -> Membership:
    membership = Membership(user=person, organisation=firm, level=Level(level), since=clock.now())
    try:
        membership.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("This person's memberships changed meanwhile. Try again.")) from error
    _changed("member.add", membership, by, before=None)
    return membership


def change_level(*, membership: Membership, level: Level, by: User) -> Membership:
    """An owner raises or lowers a member; one owner always remains."""
    with transaction.atomic():
        locked = _lock_membership(membership)
        _require_owner(by, locked.organisation)
        if locked.level == level:
            return locked
        if locked.level == Level.OWNER:
            _keep_an_owner(locked)
        before = facts.of_membership(locked)
        source, locked.level = locked.level, Level(level)
        locked.save(update_fields=["level"])
        _changed("member.level", locked, by, before=before, source=source, target=level)
        return locked


def end_membership(*, membership: Membership, by: User) -> Membership:
    """An owner lets a member go, or a member leaves; one owner always remains."""
    with transaction.atomic():
        locked = _lock_membership(membership)
        if by.pk != locked.user_id:
            _require_owner(by, locked.organisation)
        if locked.level == Level.OWNER:
            _keep_an_owner(locked)
        before = facts.of_membership(locked)
        locked.ended_at = clock.now()
        locked.save(update_fields=["ended_at"])
        _changed("member.end", locked, by, before=before, source=locked.level, target="ended")
        return locked


def _lock_person(user: User) -> User:
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)


def _lock_firm(firm: Organisation) -> Organisation:
    return (
        Organisation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("region")
        .get(pk=firm.pk, kind=OrganisationKind.FIRM)
    )


def _lock_membership(membership: Membership) -> Membership:
    """The firm's row first, so that two owners cannot both leave at once."""
    _lock_firm(membership.organisation)
    rules.forget(membership.user)
    locked = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation", "user")
        .get(pk=membership.pk)
    )
    if locked.ended_at is not None:
        raise WrongState(_("This membership ended already."))
    return locked


def _require_owner(by: User, firm: Organisation) -> None:
    """Asked of the rows, not of what the person's object remembers: owners may change at once."""
    mine = Membership.objects.live().filter(user_id=by.pk, organisation=firm).first()
    if mine is None:
        raise NotVisible
    if mine.level != Level.OWNER or not by.is_active:
        raise NotPermitted(_("Only an owner of the firm changes its particulars and members."))


def _keep_an_owner(leaving: Membership) -> None:
    owners = (
        Membership.objects.live()
        .filter(organisation=leaving.organisation, level=Level.OWNER, user__is_active=True)
        .exclude(pk=leaving.pk)
    )
    if not owners.exists():
        raise Invalid(
            _("A firm keeps at least one owner. Make a colleague owner first."), field="level"
        )


def _changed(
    action: str,
    membership: Membership,
    by: User,
    *,
    before: facts.Facts | None,
    source: str = "",
    target: str = "",
) -> None:
    record(
        action=action,
        obj=membership,
        by=by,
        source=str(source),
        target=str(target or membership.level),
        before=before,
        after=facts.of_membership(membership),
    )
    rules.forget(membership.user)
    rules.forget(by)
    membership_changed.send(
        sender=Membership, organisation=membership.organisation, user=membership.user
    )
