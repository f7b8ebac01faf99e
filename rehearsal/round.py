"""One call on its way through the review: what the stages share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from applications.models import Application, Call
from audit import clock
from calendars.selectors import working_days
from rehearsal.inventing import Dossier
from rehearsal.people import Cast
from rehearsal.refused import Refusals

T = TypeVar("T")
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _of: int) -> None:
    """No progress shown."""


@dataclass
class Round:
    """A call being rehearsed: its people, its invented dossiers by application id, its dice.

    `rules`: what its rules say otherwise than the first call's. `ahead`: so many days before it
    opens it is set up; `open_for`: so many days firms have.
    """

    cast: Cast
    rng: Random
    count: int
    opens_on: date
    refusals: Refusals = field(default_factory=Refusals)
    progress: Progress = silent
    password: str | None = None
    first_serial: int = 101
    envelope_wan: int = 30_000
    year: int = 0
    rules: dict[str, Any] = field(default_factory=dict)
    ahead: int = 35
    open_for: int = 46
    # Who of the firms has a known name, by position.
    sign_ins: dict[int, str] = field(default_factory=lambda: {0: "applicant", 1: "applicant2"})
    call: Call = field(init=False)
    dossiers: dict[int, Dossier] = field(default_factory=dict)

    def applications(self, *statuses: str) -> list[Application]:
        """The call's dossiers in these states, by number."""
        rows = Application.objects.filter(call=self.call).select_related(
            "firm", "region", "industry", "call"
        )
        return list(rows.filter(status__in=statuses).order_by("number"))

    def walk(self, stage: str, items: Sequence[T]) -> Iterable[T]:
        """The items one by one, with progress shown."""
        for position, item in enumerate(items, start=1):
            yield item
            self.progress(stage, position, len(items))

    def wait_until(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Let the clock run to this hour in Shanghai; never back."""
        moment = datetime.combine(day, time(hour, minute), tzinfo=clock.SHANGHAI)
        if moment > clock.now():
            clock.travel_to(moment)

    def let_pass(self, minutes: int) -> None:
        """Let some minutes pass between two steps that people take in one sitting."""
        clock.travel_by(timedelta(minutes=minutes))

    def wait_working_days(self, days: int) -> None:
        """Let this many working days pass, to nine in the morning of the last."""
        table, day = working_days(), clock.today()
        while days > 0:
            day += timedelta(days=1)
            days -= table.is_working(day)
        self.wait_until(day)
