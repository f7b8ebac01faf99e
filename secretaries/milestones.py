"""The four rates (四率) as plain formulas. No Django.

Over the projects of a region that are served by then, at the end of a month:

- 招商落地率 landing: landed / signed. Landed: every node of the first stage is reached.
- 前期成熟率 readiness: landed with every node of the approvals reached / landed.
- 投资完成率 investment: invested so far / the fixed-asset investment of the dossiers, yuan.
- 入统率 statistics: counted in the statistics / building started.

A node that a project does not need counts as reached. A rate with nothing below the line is None.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
NAMES = ("landing", "readiness", "investment", "statistics")


@dataclass(frozen=True, slots=True)
class Progress:
    """One project: the day from which it is served (None: ever), the days it was signed, landed,
    ready, started, counted (None: not yet), the investment planned, and that made by the end of
    each month (its first day), yuan."""

    since: date | None = None
    signed: date | None = None
    landed: date | None = None
    ready: date | None = None
    started: date | None = None
    counted: date | None = None
    planned: Decimal = Decimal(0)
    invested: Mapping[date, Decimal] = field(default_factory=dict)

    def invested_by(self, day: date) -> Decimal:
        """As the latest month reported by that day says."""
        months = [month for month in self.invested if month <= day]
        return self.invested[max(months)] if months else Decimal(0)


@dataclass(frozen=True, slots=True)
class Rate:
    """What is above and below the line."""

    part: Decimal
    whole: Decimal

    @property
    def percent(self) -> Decimal | None:
        if not self.whole:
            return None
        return (self.part * 100 / self.whole).quantize(TENTH, ROUND_HALF_UP)


def four_rates(projects: Iterable[Progress], day: date) -> dict[str, Rate]:
    """The rates of these projects on a day, the last of the month; by name."""
    rows = [row for row in projects if row.since is None or row.since <= day]
    signed = _by(rows, lambda p: p.signed, day)
    landed = _by(signed, lambda p: p.landed, day)
    ready = _by(landed, lambda p: p.ready, day)
    started = _by(rows, lambda p: p.started, day)
    counted = _by(started, lambda p: p.counted, day)
    return {
        "landing": _rate(landed, signed),
        "readiness": _rate(ready, landed),
        "investment": Rate(
            sum((p.invested_by(day) for p in rows), Decimal(0)),
            sum((p.planned for p in rows), Decimal(0)),
        ),
        "statistics": _rate(counted, started),
    }


def _by(rows: list[Progress], when: Callable[[Progress], date | None], day: date) -> list[Progress]:
    return [row for row in rows if (on := when(row)) is not None and on <= day]


def _rate(part: list[Progress], whole: list[Progress]) -> Rate:
    return Rate(Decimal(len(part)), Decimal(len(whole)))
