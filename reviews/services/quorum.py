"""法定人数: where a dossier cannot get scores enough, two people say that it goes on all the same.

Seats change hands so that every dossier keeps enough experts (`succession`). Where none can, the
dossier is short. Nobody tops it up by hand: a score from outside of the draw would be worse than
none. Nor may one person let it fall: a dossier with too few scores is not ranked (`ranking`), so
closing over it shuts a firm out. An officer says why it goes on, and an approver or another officer
agrees.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from notifications.services import notify
from reviews.models import Shortfall
from reviews.rules import require, require_apart
from reviews.selectors import quorum
from reviews.selectors.scores import too_few

SHORTEST_REASON = 10
NAMED_IN_MESSAGE = 5


def require_scores(call: Call, *, hearing: bool = False) -> list[Application]:
    """Refuse to close or to rank while a dossier has too few signed sheets and nobody has agreed
    that it goes on; returns those that do go on with too few. `hearing`: see `too_few`.
    """
    short = list(too_few(call, hearing=hearing).annotate(goes_on=quorum.goes_on()))
    open_ = [a for a in short if not a.goes_on]
    if open_:
        raise WrongState(
            ngettext_lazy(
                "%(count)s dossier has too few signed sheets and could not be ranked: "
                "%(numbers)s. While the scoring is open, give the experts more time; or record "
                "why it goes on, and let a second person agree.",
                "%(count)s dossiers have too few signed sheets and could not be ranked: "
                "%(numbers)s. While the scoring is open, give the experts more time; or record "
                "why these dossiers go on, and let a second person agree.",
                len(open_),
            )
            % {
                "count": len(open_),
                "numbers": ", ".join(a.number or "" for a in open_[:NAMED_IN_MESSAGE]),
            }
        )
    return [*short]


@transaction.atomic
def propose_shortfall(*, call: Call, reason: str, by: User) -> Shortfall:
    """Say why the dossiers that are short now go on with too few scores; a second person agrees.

    While experts may still sign, these are the dossiers for which not enough experts are left;
    once everybody has signed, the deadline has passed or the stage is closed, those with too few
    signed sheets. Raises NotPermitted, WrongState, Invalid.
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status not in quorum.DECIDED_IN:
        raise WrongState(_("This is decided while the scoring is open, or before the ranking."))
    agreed = quorum.agreed(call)
    short = [a for a in quorum.short_now(call, clock.now()) if a.pk not in agreed]
    if not short:
        raise WrongState(_("Every dossier has, or can still get, its scores; nothing is to agree."))
    named = [a.pk for a in short]
    if call.shortfalls.filter(confirmed_at__isnull=True, applications=named).exists():
        raise WrongState(_("These dossiers already wait for a second person."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    row = Shortfall.objects.create(
        call=call,
        applications=named,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    _record(row, "shortfall.propose", [a.number or "" for a in short], by)
    notify(
        kind="shortfall.proposed",
        recipients=users_with_role(Role.APPROVER),
        key=f"shortfall.proposed:{row.pk}",
        context={"call": call, "count": len(short)},
        url=f"/shortfalls/{row.pk}/",
        about=call,
    )
    return row


@transaction.atomic
def confirm_shortfall(*, shortfall: Shortfall, by: User) -> Shortfall:
    """A second person agrees: the dossiers named go on, whatever is signed until the close."""
    require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    call = Call.objects.select_for_update().get(pk=shortfall.call_id)
    require_apart(by, call)
    row = Shortfall.objects.select_for_update().get(pk=shortfall.pk)
    if row.confirmed_at is not None:
        raise WrongState(_("This is agreed already."))
    if row.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever gave the reason may not agree to it. Ask a colleague."))
    if call.status not in quorum.DECIDED_IN:
        raise WrongState(_("This is decided while the scoring is open, or before the ranking."))
    row.confirmed_by, row.confirmed_at = by, clock.now()
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    named = Application.objects.filter(pk__in=row.applications).order_by("number")
    _record(row, "shortfall.confirm", [a.number or "" for a in named], by)
    return row


def _record(row: Shortfall, action: str, numbers: list[str], by: User) -> None:
    record(
        action=action,
        obj=row,
        by=by,
        reason=row.reason,
        after={"dossiers": numbers},
        scope=row.call.number,
    )
