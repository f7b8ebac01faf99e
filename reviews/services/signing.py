"""签名锁定: one signature over all of an expert's marks in a panel locks them for ever."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acting_role
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Conflict, NotVisible, WrongState
from audit.services import record
from notifications.services import notify
from reviews.models import (
    Assignment,
    AssignmentState,
    Panel,
    ScoreSheet,
    Seat,
    SeatState,
    SheetImport,
    Stage,
)
from reviews.rules import SCRIBES, expert_of, may_type_in
from reviews.selectors.sheets import sheet_content, sheet_of
from reviews.services.locking import lock_seat
from reviews.services.scorable import require_scorable
from reviews.services.scoring import missing_of

NOTHING = _("There is nothing for you to sign in this panel.")


@transaction.atomic
def sign(
    *,
    panel: Panel,
    by: User,
    stage: str = Stage.PAPER,
    digest: str = "",
    paper: SheetImport | None = None,
) -> ScoreSheet:
    """Sign all own sheets of a panel's stage at once. From here on nobody, by any path, changes a
    mark.

    `digest`: what the person was shown; another one means that something changed meanwhile.
    `paper`: the expert signed on paper, and whoever checked what was typed in from it locks; the
    stage is then the paper's.
    """
    if paper:
        stage = paper.stage
    seat = _seat_on_paper(paper, by) if paper else _own_seat(panel, by)
    if seat is None or seat.state != SeatState.ACCEPTED:
        raise WrongState(NOTHING)
    lock_seat(seat.pk)  # before its dossiers, as whoever gives it back or closes the scoring does
    mine = _lock_dossiers(seat, stage)
    _require_complete(mine)
    content = sheet_content(mine[0].panel, mine, stage)
    if paper:
        _require_on_paper(content, paper)
    sheet = ScoreSheet(
        panel=panel,
        expert=seat.expert,
        stage=stage,
        content=content,
        digest=sm3(canonical(content)),
        signed_by=by,
        signed_at=clock.now(),
        paper=paper,
    )
    if digest and digest != sheet.digest:
        raise Conflict(
            _("Your marks changed after this page was drawn. Read them once more, then sign.")
        )
    sheet.save(force_insert=True)
    Assignment.objects.filter(pk__in=[a.pk for a in mine]).update(
        state=AssignmentState.LOCKED, sheet=sheet
    )
    _record(sheet, len(mine), by)
    return sheet


def _lock_dossiers(seat: Seat, stage: str) -> list[Assignment]:
    """All that the signature covers, locked; there must be something, and nothing signed."""
    mine = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(
            panel=seat.panel_id,
            expert=seat.expert_id,
            stage=stage,
            seat__state=SeatState.ACCEPTED,
        )
        .exclude(state__in=(AssignmentState.RECUSED, AssignmentState.VOID))
        .select_related("application", "submission", "panel__call", "seat")
        .prefetch_related("marks")
        .order_by("pk")
    )
    if not mine:
        raise WrongState(NOTHING)
    if any(a.state == AssignmentState.LOCKED for a in mine):
        raise WrongState(_("You have already signed."))
    return mine


def _record(sheet: ScoreSheet, dossiers: int, by: User) -> None:
    """One event; of a signature on paper with what it rests on, and word to whoever signed."""
    paper = sheet.paper
    after: dict[str, Any] = {"digest": sheet.digest, "dossiers": dossiers}
    if sheet.stage == Stage.HEARING:
        after["stage"] = sheet.stage
    record(
        action="score.sign",
        obj=sheet,
        by=by,
        role=acting_role(by, *SCRIBES) if paper else Role.EXPERT,
        source="finished",
        target="locked",
        after=after | ({"paper": paper.pk, "scan_digest": paper.scan_digest} if paper else {}),
        scope=sheet.panel.call.number,
    )
    if paper:
        notify(
            kind="sheets.locked",
            recipients=[sheet.expert.user],
            key=f"sheets.locked:{sheet.pk}",
            context={"call": sheet.panel.call.number, "digest": sheet.digest},
            url="/my-reviews/",
            about=sheet,
        )


def _own_seat(panel: Panel, by: User) -> Seat | None:
    expert = expert_of(by)
    seats = Seat.objects.filter(panel=panel, expert=expert, state=SeatState.ACCEPTED)
    return seats.select_related("expert__user").first()


def _seat_on_paper(paper: SheetImport, by: User) -> Seat:
    if not may_type_in(by, paper):
        raise NotVisible
    return paper.seat


def _require_on_paper(content: dict[str, Any], paper: SheetImport) -> None:
    """Every dossier's marks are those of the signed paper, and of no later hand."""
    typed = {
        d["application"]: (
            sorted((m["leaf"], m["score"], m["comment"]) for m in d["marks"]),
            d["overall"]["comment"],
        )
        for d in paper.content
    }
    stands = {
        d["application"]: (
            [(m["leaf"], m["score"], m["comment"]) for m in d["marks"]],
            d["comment"],
        )
        for d in content["dossiers"]
    }
    if stands != {number: typed.get(number) for number in stands}:
        raise WrongState(
            _("The marks are no longer those of the paper; the expert signs them in the system.")
        )


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
    # Whoever has finished every dossier has heard them all: none opens before its time.
    require_scorable(mine[0])
    sheet = sheet_of(panel, mine[0].stage)
    if any(missing_of(a, sheet, a.marks.all()) for a in mine):
        raise WrongState(_("A mark is no longer complete. Open the dossier and finish it again."))
