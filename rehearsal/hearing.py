"""答辩: from the close of the paper review to the close of the hearing, each act by its people."""

from datetime import datetime, time, timedelta
from typing import Any

from applications.models import Call
from audit import clock
from calendars.deadlines import due
from calendars.selectors import working_days
from rehearsal.reviewing import score_dossier
from rehearsal.round import Round
from reviews.models import Assignment, Panel, Seat, ShortlistEntry, Stage
from reviews.selectors.sheets import sheet_of
from reviews.services import hearing, hearing_minutes, ranking, scoring, signing

RULES: dict[str, Any] = {"hearing_percent": 40, "hearing_shortlist": "floor"}
QUESTIONS = (
    "企业陈述十分钟。专家问订单覆盖率与设备到货时间，企业出示合同和付款凭证。",
    "企业陈述八分钟。专家问新增岗位的用工来源，企业说明与职业院校的培养协议。",
    "企业陈述十分钟。专家问流动资金安排，企业答以自有资金和银行授信，授信函当场核对。",
)
ABSENT = "企业未到场，电话联系后书面说明放弃答辩。"


def hear_all(round_: Round, absent: int = 0) -> int:
    """Shortlist by the rule, order by lot, a sitting of each panel, minutes, marks, second
    signatures; returns how many were heard. `absent`: so many of the last places do not come.
    """
    officer = round_.cast["officer"]
    round_.let_pass(minutes=25)
    round_.refusals.expect(
        "hearing closed before its shortlist",
        lambda: ranking.close_hearing(call=round_.call, by=officer),
    )
    _draw_up(round_)
    round_.refusals.expect("second shortlist", lambda: _draw_up(round_, by="officer2"))
    entries = _sit(round_)
    _before_the_hour(round_, entries[0])
    heard = _hear(round_, entries, absent)
    _mark(round_)
    ranking.close_hearing(call=round_.call, by=officer)
    round_.call = Call.objects.get(pk=round_.call.pk)
    return heard


def _draw_up(round_: Round, by: str = "officer") -> None:
    """The experts have until the end of the sixth working day."""
    day = due(clock.today(), 6, working_days()).day
    hearing.draw_up_shortlist(
        call=round_.call,
        due_at=datetime.combine(day, time(17), tzinfo=clock.SHANGHAI),
        by=round_.cast[by],
    )
    round_.call.refresh_from_db()


def _sit(round_: Round) -> list[ShortlistEntry]:
    """Every panel on the third working day; who is heard, in the order of the places."""
    day = due(clock.today(), 3, working_days()).day
    panels = Panel.objects.filter(call=round_.call, hearings__place__isnull=False).distinct()
    for panel in panels.order_by("number"):
        round_.let_pass(minutes=5)
        hearing.set_sitting(
            panel=panel,
            starts_at=datetime.combine(day, time(9), tzinfo=clock.SHANGHAI),
            venue=f"省政务大厅二楼第{panel.number}会议室",
            by=round_.cast["officer"],
        )
    rows = ShortlistEntry.objects.filter(shortlist__call=round_.call, place__isnull=False)
    return list(
        rows.select_related("shortlist__call", "application", "panel").order_by(
            "place", "panel__number"
        )
    )


def _before_the_hour(round_: Round, entry: ShortlistEntry) -> None:
    row = (
        Assignment.objects.filter(stage=Stage.HEARING, application=entry.application)
        .select_related("expert__user", "application", "panel__call")
        .order_by("pk")[0]
    )
    leaf = sheet_of(row.panel, Stage.HEARING).expert_leaves()[0]
    round_.refusals.expect(
        "marked before its hour",
        lambda: scoring.save_mark(
            assignment=row,
            leaf=leaf.code,
            tier=0,
            score=leaf.tiers[0].base,
            comment="",
            version=0,
            by=row.expert.user,
        ),
    )
    round_.refusals.expect("minutes before the hour", lambda: _keep(round_, entry, came=True))


def _hear(round_: Round, entries: list[ShortlistEntry], absent: int) -> int:
    """The officer keeps the minutes of each hearing when its panel has risen."""
    gone = {entry.pk for entry in entries[len(entries) - absent :]}
    last = entries[-1].place or 1
    length = round_.call.rule_set.hearing_minutes
    round_.wait_until(due(clock.today(), 3, working_days()).day)
    clock.travel_by(timedelta(minutes=last * length))
    for entry in round_.walk("heard", entries):
        _keep(round_, entry, came=entry.pk not in gone)
    return len(entries) - len(gone)


def _keep(round_: Round, entry: ShortlistEntry, *, came: bool) -> None:
    hearing_minutes.record_minutes(
        entry=entry,
        came=came,
        number=f"答辩纪要〔{round_.call.year}〕{entry.panel.number}-{entry.place}号",
        text=QUESTIONS[(entry.place or 0) % len(QUESTIONS)] if came else ABSENT,
        by=round_.cast["officer"],
    )


def _mark(round_: Round) -> None:
    """Each expert marks what was heard and signs a second time."""
    seats = Seat.objects.filter(panel__call=round_.call, state="accepted", draw__status="drawn")
    for seat in seats.select_related("panel__call", "expert__user").order_by("pk"):
        mine = seat.assignments.filter(stage=Stage.HEARING, state="open")
        rows = list(
            mine.select_related("expert__user", "application", "panel__call").order_by("pk")
        )
        if not rows:
            continue
        leaves = tuple(sheet_of(seat.panel, Stage.HEARING).expert_leaves())
        severity = round_.rng.gauss(0, 0.05)
        for row in rows:
            # Of its own for each dossier: what is said may turn what was written.
            spoken = (row.application_id * 7 % 5 - 2) * 0.06
            score_dossier(round_, row, leaves, severity + spoken)
        signing.sign(panel=seat.panel, stage=Stage.HEARING, by=seat.expert.user)
