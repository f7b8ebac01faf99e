"""guardian's permissions on dossiers, kept in step with the firm's memberships."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Level, Membership, Organisation, User
from applications.models import Application, ApplicationUserObjectPermission
from applications.rules import EDIT, SUBMIT, VIEW

BY_LEVEL: dict[str, frozenset[str]] = {
    Level.OWNER: frozenset({VIEW, EDIT, SUBMIT}),
    Level.EDITOR: frozenset({VIEW, EDIT}),
    Level.VIEWER: frozenset({VIEW}),
}
FIRM_PERMISSIONS = (VIEW, EDIT, SUBMIT)


def hold_firm(firm_id: int) -> Organisation:
    """Lock the firm: no dossier is opened while its people change, or the other way round."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=firm_id)


def _permissions() -> dict[str, int]:
    rows = Permission.objects.filter(
        content_type__app_label="applications",
        content_type__model="application",
        codename__in=FIRM_PERMISSIONS,
    )
    return dict(rows.values_list("codename", "pk"))


def _grant(pairs: list[tuple[int, int, str]]) -> None:
    """Rows of (person, dossier, level); what is there already stays."""
    if not pairs:
        return
    known = _permissions()
    ApplicationUserObjectPermission.objects.bulk_create(
        [
            ApplicationUserObjectPermission(
                user_id=user, content_object_id=application, permission_id=known[codename]
            )
            for user, application, level in pairs
            for codename in sorted(BY_LEVEL[level])
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def share_dossier(*, application: Application) -> None:
    """Open a new dossier to the firm's people, each as far as the level goes."""
    members = Membership.objects.filter(
        organisation_id=application.firm_id, ended_at__isnull=True
    ).values_list("user_id", "level")
    _grant([(user, application.pk, level) for user, level in members])


@transaction.atomic(savepoint=False)
def follow_membership(*, organisation: Organisation, user: User) -> None:
    """Make a person's permissions on the firm's dossiers what the membership says now."""
    hold_firm(organisation.pk)
    ApplicationUserObjectPermission.objects.filter(
        user=user, content_object__firm=organisation, permission__codename__in=FIRM_PERMISSIONS
    ).delete()
    live = Membership.objects.filter(
        organisation=organisation, user=user, ended_at__isnull=True
    ).first()
    if live is None:
        return
    dossiers = Application.objects.filter(firm=organisation).values_list("pk", flat=True)
    _grant([(user.pk, pk, live.level) for pk in dossiers])


def on_membership_changed(
    sender: Any, organisation: Organisation, user: User, **_kwargs: Any
) -> None:
    """Receiver of `accounts.signals.membership_changed`, inside the change's transaction."""
    follow_membership(organisation=organisation, user=user)
