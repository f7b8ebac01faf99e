"""A round with a hearing, through the services; the clock is a rehearsal's."""

from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from applications.models import Call
from applications.sheet import default_hearing_sheet
from audit import clock
from reviews.models import Seat, Shortlist, ShortlistEntry, Sitting, Stage
from reviews.selectors.sheets import sheet_of
from reviews.services import hearing, hearing_minutes, ranking, scoring, signing

RULES: dict[str, Any] = {"hearing_percent": 40, "hearing_shortlist": "floor"}
TEXT = "企业陈述后回答专家提问，专家追问资金来源。"


def closed_on_paper(call: Call, officer: User) -> Call:
    return ranking.close_scoring(call=call, by=officer)


def drawn_up(call: Call, officer: User) -> Shortlist:
    due = clock.now() + timedelta(days=5)
    return hearing.draw_up_shortlist(call=call, due_at=due, by=officer)


def sit(call: Call, officer: User) -> list[Sitting]:
    """Every panel tomorrow, in the same hall."""
    starts_at = clock.now() + timedelta(days=1)
    return [
        hearing.set_sitting(panel=panel, starts_at=starts_at, venue="省政务大厅二楼", by=officer)
        for panel in call.panels.filter(hearings__place__isnull=False).distinct()
    ]


def pass_sittings(call: Call) -> None:
    """It is after the last hearing."""
    clock.travel_to(clock.now() + timedelta(days=2))


def come(entry: ShortlistEntry, officer: User, *, came: bool = True) -> None:
    hearing_minutes.record_minutes(
        entry=entry, came=came, number=f"答辩纪要〔2026〕{entry.place}号", text=TEXT, by=officer
    )


def all_come(call: Call, officer: User) -> None:
    rows = ShortlistEntry.objects.filter(shortlist__call=call, place__isnull=False)
    for entry in rows.select_related("shortlist__call", "application"):
        come(entry, officer)


def mark(seat: Seat, tier: int = 0) -> None:
    """The expert marks every dossier of the hearing at the base of one tier and signs."""
    mark_rest(seat, tier)
    signing.sign(panel=seat.panel, stage=Stage.HEARING, by=seat.expert.user)


def mark_rest(seat: Seat, tier: int = 0) -> None:
    """Whatever is not marked yet, and every dossier finished."""
    rows = seat.assignments.filter(stage=Stage.HEARING, state="open")
    leaves = sheet_of(seat.panel, Stage.HEARING).expert_leaves()
    for row in rows.prefetch_related("marks").order_by("pk"):
        begun = {m.leaf for m in row.marks.all()}
        entries = [
            scoring.Entry(leaf.code, tier, leaf.tiers[tier].base, "", 0)
            for leaf in leaves
            if leaf.code not in begun
        ]
        scoring.save_marks(assignment=row, entries=entries, finish=True, by=seat.expert.user)


def seats(call: Call) -> list[Seat]:
    rows = Seat.objects.filter(panel__call=call, state="accepted")
    return list(rows.select_related("panel__call", "expert__user").order_by("pk"))


def sheet() -> list[dict[str, Any]]:
    return default_hearing_sheet()


def differ(call: Call, stage: str) -> None:
    """Experts of different minds: each takes other hundredths off, and the hearing turns some."""
    turn = 3 if stage == "hearing" else 1
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE reviews_mark m SET score = score - 0.01 * ((dossier * %s + expert"
            " * (dossier %% 3)) %% 4) FROM (SELECT id,"
            " dense_rank() OVER (ORDER BY application_id) AS dossier,"
            " dense_rank() OVER (ORDER BY expert_id) AS expert"
            " FROM reviews_assignment WHERE stage = %s) a"
            " WHERE a.id = m.assignment_id AND m.score > 1",
            [turn, stage],
        )
        cursor.execute("SET session_replication_role = origin")
