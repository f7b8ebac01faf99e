"""A round up to its ranking, made through the services: eligible dossiers, a pool, panels, the
draw.
"""

from datetime import timedelta
from typing import Any

from accounts.models import Organisation, User
from applications.models import Application, Call, CallStatus
from applications.sheet import default_sheet
from applications.workflow import Status
from audit import clock
from reviews.models import Draw, Expert, Seat, Shortfall
from reviews.services import declarations, draws, opening, pool, quorum, seats, signing
from tests import making
from tests.reviews import table

RULES = {"panel_size": 5, "min_scores": 3, "scoring_days": 5, "floor": "20.00"}
KINDS = ("technology",) * 3 + ("industry",) * 2 + ("finance",) * 2 + ("employment",) * 2
OFFICERS, SUPERVISORS = "0a" * 32, "0b" * 32


def fill_pool(officer: User, people: list[User]) -> list[Expert]:
    """Nine experts: three of technology, two of each other kind, each of an employer of their
    own.
    """
    return [
        pool.admit_expert(
            user=user,
            kinds=[kind],
            specialties=[],
            employer=making.organisation(
                f"第{n}研究院", user.region or firm_region(), "institution"
            ),
            region=user.region or firm_region(),
            by=officer,
        )
        for n, (user, kind) in enumerate(zip(people, KINDS, strict=True), start=1)
    ]


def firm_region() -> Any:
    return making.region("220100")


def eligible(
    officer: User,
    firm: Organisation,
    kinds: dict[str, int],
    *,
    hearing_sheet: Any = (),
    **rules: Any,
) -> Call:
    """A closed call with so many eligible dossiers of each industry; screening is done."""
    now = clock.now()
    call = making.call(
        officer,
        status=CallStatus.DRAFT,
        sheet=default_sheet(),
        hearing_sheet=list(hearing_sheet),
        rules={**RULES, **rules},
        opens_at=now - timedelta(days=60),
        closes_at=now + timedelta(days=1),
    )
    for code, count in kinds.items():
        industry = making.industry(code, code)
        for n in range(count):
            making.dossier(
                call, firm, title=f"{code}第{n + 1}号项目", status=Status.ELIGIBLE, kind=industry
            )
    # Only a draft's closing instant may still move; nothing is received after it.
    Call.objects.filter(pk=call.pk).update(
        closes_at=now - timedelta(days=1), status=CallStatus.SCREENED
    )
    call.refresh_from_db()
    return call


def sealed(call: Call, officer: User, supervisor: User) -> Draw:
    """Prepared, both numbers sealed."""
    draw = draws.prepare_draw(call=call, by=officer)
    draws.commit_secret(draw=draw, secret=OFFICERS, by=officer)
    return draws.commit_secret(draw=draw, secret=SUPERVISORS, by=supervisor)


def drawn(call: Call, officer: User, supervisor: User) -> Draw:
    draw = sealed(call, officer, supervisor)
    draws.reveal_supervisor(draw=draw, secret=SUPERVISORS, by=supervisor)
    return draws.perform_draw(draw=draw, secret=OFFICERS, by=officer)


def invited(draw: Draw) -> list[Seat]:
    rows = draw.seats.filter(state="invited").select_related("expert__user", "panel")
    return list(rows.order_by("pk"))


def seat_all(draw: Draw) -> list[Seat]:
    """Every expert accepts and declares no conflict."""
    rows = invited(draw)
    for seat in rows:
        seats.accept(seat=seat, by=seat.expert.user)
        due = seat.assignments.filter(state="to_declare")
        answers = [declarations.Answer(a.pk, conflict=False) for a in due]
        declarations.declare_all(seat=seat, answers=answers, by=seat.expert.user)
    return rows


def open_review(call: Call, officer: User) -> Call:
    return opening.open_scoring(call=call, due_at=clock.now() + timedelta(days=5), by=officer)


def score(seat: Seat, tier: int = 0) -> None:
    """The expert marks every dossier at the base of one tier and signs."""
    mine = seat.assignments.filter(state="open")
    for row in mine.select_related("panel__call", "expert__user").order_by("pk"):
        table.finished(row, tier)
    signing.sign(panel=seat.panel, by=seat.expert.user)


def go_on_with_too_few(call: Call, officer: User, approver: User) -> Shortfall:
    """One gives the reason why the dossiers that are short go on, another agrees."""
    row = quorum.propose_shortfall(call=call, reason="专家因故全部不能完成评分", by=officer)
    return quorum.confirm_shortfall(shortfall=row, by=approver)


def dossiers(call: Call) -> list[Application]:
    return list(call.applications.order_by("number"))
