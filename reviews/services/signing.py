"""签名锁定: one signature over all of an expert's marks in a panel locks them for ever."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Conflict, WrongState
from audit.services import record
from reviews.models import Assignment, AssignmentState, Panel, ScoreSheet, Seat, SeatState
from reviews.rules import expert_of
from reviews.selectors.sheets import sheet_content, sheet_of
from reviews.services.locking import lock_seat
from reviews.services.scoring import missing_of, require_scorable

NOTHING = _("There is nothing for you to sign in this panel.")


@transaction.atomic
def sign(*, panel: Panel, by: User, digest: str = "") -> ScoreSheet:
    """Sign all own sheets of a panel at once. From here on nobody, by any path, changes a mark.

    `digest`: what the person was shown; another one means that something changed meanwhile.
    """
    expert = expert_of(by)
    seat = Seat.objects.filter(panel=panel, expert=expert, state=SeatState.ACCEPTED).first()
    if seat is None:
        raise WrongState(NOTHING)
    lock_seat(seat.pk)  # before its dossiers, as whoever gives it back or closes the scoring does
    mine = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(panel=panel, expert=expert, seat__state=SeatState.ACCEPTED)
        .exclude(state__in=(AssignmentState.RECUSED, AssignmentState.VOID))
        .select_related("application", "submission", "panel__call", "seat")
        .prefetch_related("marks")
        .order_by("pk")
    )
    if not mine:
        raise WrongState(NOTHING)
    if any(a.state == AssignmentState.LOCKED for a in mine):
        raise WrongState(_("You have already signed."))
    _require_complete(mine)
    content = sheet_content(mine[0].panel, mine)
    sheet = ScoreSheet(
        panel=panel,
        expert=expert,
        content=content,
        digest=sm3(canonical(content)),
        signed_by=by,
        signed_at=clock.now(),
    )
    if digest and digest != sheet.digest:
        raise Conflict(
            _("Your marks changed after this page was drawn. Read them once more, then sign.")
        )
    sheet.save(force_insert=True)
    Assignment.objects.filter(pk__in=[a.pk for a in mine]).update(
        state=AssignmentState.LOCKED, sheet=sheet
    )
    record(
        action="score.sign",
        obj=sheet,
        by=by,
        role=Role.EXPERT,
        source="finished",
        target="locked",
        after={"digest": sheet.digest, "dossiers": len(mine)},
        scope=mine[0].panel.call.number,
    )
    return sheet


def _require_complete(mine: list[Assignment]) -> None:
    """Every dossier finished, in an open review, and each mark still whole by the sheet."""
    panel = mine[0].panel
    left = [a for a in mine if a.state != AssignmentState.FINISHED]
    if left:
        words = ngettext(
            "%(count)s dossier is not finished yet.",
            "%(count)s dossiers are not finished yet.",
            len(left),
        )
        raise WrongState(words % {"count": len(left)})
    require_scorable(mine[0])
    sheet = sheet_of(panel)
    if any(missing_of(a, sheet, a.marks.all()) for a in mine):
        raise WrongState(_("A mark is no longer complete. Open the dossier and finish it again."))
