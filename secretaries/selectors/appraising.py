"""What a secretary's quarter was, counted from the records. Queries as many for ten as for 800."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from calendars.deadlines import due
from calendars.instants import end_of_day, start_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from secretaries.appraisal import Counts
from secretaries.models import (
    ClockKind,
    Mark,
    ProjectMilestone,
    Satisfaction,
    ServiceAssignment,
    ServiceRequest,
    Visit,
)
from secretaries.service_rules import ServiceRules
from secretaries.visiting import visits_due


@dataclass(frozen=True, slots=True)
class Quarter:
    year: int
    number: int  # 1 to 4

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=95)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        return quarter_of(self.first - timedelta(days=1))

    @property
    def after(self) -> "Quarter":
        return quarter_of(self.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(text: str) -> Quarter | None:
    """The quarter written as 2026Q2; None where it is not one of this century."""
    year, _q, number = text.partition("Q")
    written = year.isascii() and year.isdecimal() and len(year) == 4
    if written and year.startswith("20") and number in ("1", "2", "3", "4"):
        return Quarter(int(year), int(number))
    return None


def counts_of(quarter: Quarter, numbers: ServiceRules) -> dict[int, Counts]:
    """By secretary; whoever served a project as lead in the quarter is in it."""
    turns = _turns(quarter)
    whose = _Whose(turns)
    found: dict[int, dict[str, int]] = {row.secretary_id: defaultdict(int) for row in turns}
    _requests(found, whose, quarter)
    _marks(found, whose, quarter)
    _visits(found, turns, quarter, numbers, working_days())
    _milestones(found, whose, quarter)
    return {secretary: Counts(**values) for secretary, values in found.items()}


def _turns(quarter: Quarter) -> list[ServiceAssignment]:
    return list(
        ServiceAssignment.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=start_of_day(quarter.first)),
            role="lead",
            valid_from__lte=end_of_day(quarter.last),
        ).order_by("valid_from", "pk")
    )


class _Whose:
    """Which secretary led a project at an instant."""

    def __init__(self, turns: Iterable[ServiceAssignment]) -> None:
        self.turns: dict[int, list[ServiceAssignment]] = defaultdict(list)
        for turn in turns:
            self.turns[turn.application_id].append(turn)

    def at(self, application: int, moment: datetime) -> int | None:
        for turn in self.turns.get(application, ()):
            if turn.valid_from <= moment and (turn.valid_to is None or moment <= turn.valid_to):
                return turn.secretary_id
        return None


def _requests(found: dict[int, dict[str, int]], whose: _Whose, quarter: Quarter) -> None:
    """Settled in the quarter, or fallen due in it and open at its end: in time or not."""
    first, last = start_of_day(quarter.first), end_of_day(quarter.last)
    rows = ServiceRequest.objects.filter(finish__kind=ClockKind.FINISH).filter(
        Q(finish__stopped_at__range=(first, last))
        | Q(finish__stopped_at__isnull=True, finish__due_at__range=(first, last))
        | Q(finish__stopped_at__gt=last, finish__due_at__range=(first, last))
    )
    for application, stopped, due_at in rows.values_list(
        "application", "finish__stopped_at", "finish__due_at"
    ):
        if due_at is None:
            continue
        secretary = whose.at(application, min(stopped or due_at, last))
        if secretary in found:
            found[secretary]["due"] += 1
            found[secretary]["in_time"] += stopped is not None and stopped <= due_at


def _marks(found: dict[int, dict[str, int]], whose: _Whose, quarter: Quarter) -> None:
    rows = Satisfaction.objects.filter(
        at__range=(start_of_day(quarter.first), end_of_day(quarter.last))
    )
    for application, at, score in rows.values_list("request__application", "at", "score"):
        secretary = whose.at(application, at)
        if secretary in found:
            found[secretary]["marks"] += 1
            found[secretary]["marks_sum"] += score


def _visits(
    found: dict[int, dict[str, int]],
    turns: list[ServiceAssignment],
    quarter: Quarter,
    numbers: ServiceRules,
    table: WorkingDays,
) -> None:
    """Visits due by the rule of each project, made at most as often; written down within the days
    of the first visit's limit and confirmed by the firm: whole records."""
    running = dict(
        ProjectMilestone.objects.filter(node__mark=Mark.RUNNING, reached_on__isnull=False)
        .order_by()
        .values_list("application", "reached_on")
    )
    made: dict[int, list[tuple[date, date, bool]]] = defaultdict(list)
    for assignment, on, at, confirmed in Visit.objects.filter(
        on__range=(quarter.first, quarter.last)
    ).values_list("assignment", "on", "recorded_at", "confirmed_at"):
        made[assignment].append((on, day_of(at), confirmed is not None))
    for turn in turns:
        own = found[turn.secretary_id]
        first = max(quarter.first, day_of(turn.valid_from))
        last = min(quarter.last, day_of(turn.valid_to) if turn.valid_to else quarter.last)
        since = running.get(turn.application_id)
        wanted = visits_due(
            first,
            last,
            weekly=numbers.visits_building,
            monthly=numbers.visits_running,
            running=since is not None and since <= first,
        )
        visits = made.get(turn.pk, [])
        own["visits_due"] += wanted
        own["visits_made"] += min(wanted, len(visits))
        own["records"] += len(visits)
        limit = numbers.first_visit_days
        own["whole"] += sum(
            confirmed and at <= due(on, limit, table).day for on, at, confirmed in visits
        )


def _milestones(found: dict[int, dict[str, int]], whose: _Whose, quarter: Quarter) -> None:
    """Nodes planned for the quarter: reached by the planned day or not. What was recorded by the
    end of the quarter counts as a whole record."""
    rows = ProjectMilestone.objects.filter(
        planned_on__range=(quarter.first, quarter.last), left_out=False
    )
    last = end_of_day(quarter.last)
    for application, planned, reached, recorded in rows.values_list(
        "application", "planned_on", "reached_on", "recorded_at"
    ):
        secretary = whose.at(application, end_of_day(planned))
        if secretary in found:
            own = found[secretary]
            own["planned"] += 1
            own["reached"] += reached is not None and reached <= planned
            own["records"] += 1
            own["whole"] += recorded is not None and recorded <= last
