"""A panel at its table, made directly: a call under review, dossiers, experts in their seats."""

from datetime import timedelta
from itertools import count
from typing import Any

from accounts.models import Organisation, Region, User
from applications.models import Application, CallStatus
from applications.sheet import default_sheet
from applications.workflow import Status
from audit import clock
from reviews.models import Assignment, Draw, Expert, Panel, PanelApplication, Seat
from reviews.selectors.sheets import sheet_of
from reviews.services import conflicts, declarations, scoring, signing
from tests import making

_number = count(1)
EVIDENCE = "工商登记查询单，2026年3月2日"
GROUNDS = "工艺路线成熟，主要设备已到厂，检测能力覆盖全部关键工序，依据充分。"


def expert(user: User, *, employer: Organisation | None = None) -> Expert:
    """The pool entry of a person."""
    n = next(_number)
    home = user.region or Region.objects.order_by("code").first()
    return Expert.objects.create(
        user=user,
        kinds=["technology"],
        specialties=[],
        employer=employer or making.organisation(f"研究院{n}", home, "institution"),
        region=home,
        pseudonym=f"T{n:04d}",
        admitted_at=clock.now(),
    )


def panel(officer: User, firm: Organisation, *, dossiers: int = 3, **more: Any) -> Panel:
    """A panel of a call under review with so many dossiers of one firm."""
    now = clock.now()
    values = {
        "status": CallStatus.IN_REVIEW,
        "sheet": default_sheet(),
        "rules": {"panel_size": 7},
        "opens_at": now - timedelta(days=60),
        "closes_at": now + timedelta(days=1),
        "scoring_due_at": now + timedelta(days=10),
        **more,
    }
    call = making.call(officer, **values)
    made = Panel.objects.create(
        call=call,
        number=1,
        name_zh="装备制造",
        name_en="Equipment",
        created_by=officer,
        created_at=now,
        status="scoring",
    )
    for _order in range(dossiers):
        further(made)
    return made


def further(of: Panel) -> Application:
    """One more dossier of the panel, under review."""
    order = of.places.count() + 1
    dossier = making.dossier(
        of.call,
        Organisation.objects.filter(kind="firm").order_by("pk")[0],
        title=f"第{order}号智能产线项目",
        status=Status.UNDER_REVIEW,
        sections={"project": {"summary": f"第{order}号项目建设智能产线。"}},
    )
    PanelApplication.objects.create(panel=of, application=dossier, order=order)
    return dossier


def seat(of: Panel, user: User, *, state: str = "accepted") -> Seat:
    """An expert in a seat, with every dossier laid out to declare on."""
    expert_ = Expert.objects.filter(user=user).first() or expert(user)
    draw = of.call.draws.first() or Draw.objects.create(
        call=of.call,
        number=f"{of.call.number}-D1",
        status="drawn",
        input={},
        input_hash="0" * 64,
        operator=of.created_by,
        seed="0" * 64,
        prepared_at=clock.now(),
        drawn_at=clock.now(),
    )
    made = Seat.objects.create(
        draw=draw,
        panel=of,
        code=f"technology.{next(_number)}",
        expert=expert_,
        rank=1,
        state=state,
        invited_at=clock.now(),
    )
    Assignment.objects.bulk_create(
        Assignment(
            seat=made,
            panel=of,
            expert=expert_,
            application=place.application,
            submission=place.application.submissions.get(),
        )
        for place in of.places.select_related("application")
    )
    return made


def declared(seat_: Seat) -> list[Assignment]:
    """All declared on, without conflict, in the panel's order."""
    rows = list(seat_.assignments.order_by("application__place__order"))
    answers = [declarations.Answer(a.pk, conflict=False) for a in rows]
    declarations.declare_all(seat=seat_, answers=answers, by=seat_.expert.user)
    return list(
        seat_.assignments.select_related(
            "panel__call", "application", "submission", "expert__user"
        ).order_by("application__place__order")
    )


def entries(of: Assignment, tier: int = 0) -> list[scoring.Entry]:
    """The base score of one tier on every expert leaf."""
    return [
        scoring.Entry(leaf.code, tier, leaf.tiers[tier].base, "", 0)
        for leaf in sheet_of(of.panel).expert_leaves()
    ]


def finished(of: Assignment, tier: int = 0) -> Assignment:
    """Marked at the base of one tier throughout, and finished."""
    user = of.expert.user
    scoring.save_marks(
        assignment=of,
        entries=entries(of, tier),
        overall=scoring.Overall("总体可行。", 0),
        by=user,
    )
    return scoring.finish(assignment=of, by=user)


def signed(seat_: Seat) -> Any:
    """Declared, marked, finished and signed throughout."""
    for row in declared(seat_):
        finished(row)
    return signing.sign(panel=seat_.panel, by=seat_.expert.user)


def conflict(
    *, expert: Expert, application: Application, reason: str, by: User, foreseen: str = ""
) -> Any:
    """Recorded by the office, of a share that an extract of the register shows."""
    row = Assignment.objects.filter(expert=expert, application=application).latest("pk")
    finding = conflicts.Finding(row, "share", reason, EVIDENCE)
    return conflicts.record_conflict(finding=finding, foreseen=foreseen, by=by)


def application_of(of: Panel, order: int) -> Application:
    return of.places.get(order=order).application
