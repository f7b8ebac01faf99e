"""录入员: a supervisor names who types in the paper sheets of a panel. Two type each sheet."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acting_role, has_any_role
from accounts.selectors import users_with_role
from applications.models import Call
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from notifications.services import notify
from reviews.models import Panel, Scribe
from reviews.rules import SCRIBES, require, require_apart
from reviews.selectors.offline import TAKEN_AWAY
from reviews.services.opening import SHORTEST_REASON


@transaction.atomic
def appoint_scribe(*, panel: Panel, user: User, reason: str, by: User) -> Scribe:
    """Name a scribe of a panel, for good: from now on they may see what is typed in from paper, and
    act in this call in no other way. Somebody of the office must be left who may close the scoring.
    """
    require(by, Role.SUPERVISOR)
    # The call, for all its panels: the last officer is not named by two supervisors at once.
    call = Call.objects.select_for_update().get(pk=panel.call_id)
    panel = Panel.objects.get(pk=panel.pk)
    panel.call = call
    require_apart(by, call)
    _require_nameable(panel, user, reason.strip())
    scribe = Scribe.objects.create(
        panel=panel,
        user=user,
        reason=reason.strip(),
        appointed_by=by,
        appointed_at=clock.now(),
    )
    record(
        action="scribe.appoint",
        obj=scribe,
        by=by,
        role=Role.SUPERVISOR,
        reason=scribe.reason,
        after={"user": user.pk, "name": user.name, "panel": panel.number},
        scope=panel.call.number,
    )
    notify(
        kind="scribe.appointed",
        recipients=[user],
        key=f"scribe.appointed:{scribe.pk}",
        context={"panel": panel.number, "call": panel.call.number},
        url="/scribing/",
        about=panel,
    )
    return scribe


def _require_nameable(panel: Panel, user: User, reason: str) -> None:
    if panel.call.status not in TAKEN_AWAY:
        raise WrongState(
            _("The review of this call is not under way; there is nothing to type in.")
        )
    if len(reason) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if not user.is_active or not has_any_role(user, *SCRIBES):
        raise Invalid(_("Name a programme officer or the lead of the secretaries."), field="user")
    if Scribe.objects.filter(panel=panel, user=user).exists():
        raise Invalid(_("This person is a scribe of the panel already."), field="user")
    _require_officer_left(panel, user)


def _require_officer_left(panel: Panel, user: User) -> None:
    taken = set(Scribe.objects.filter(panel__call=panel.call).values_list("user_id", flat=True))
    officers = {officer.pk for officer in users_with_role(Role.PROGRAMME_OFFICER)}
    if not officers - taken - {user.pk}:
        raise Invalid(
            _("Every programme officer would be a scribe; one must be left to close the scoring."),
            field="user",
        )


def role_of(by: User) -> str:
    """In which role a scribe acts, for the record."""
    return acting_role(by, *SCRIBES)
