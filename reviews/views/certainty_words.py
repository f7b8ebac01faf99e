"""Names and figures of the analysis as they are written on its page."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from reviews.models import Panel, RankingEntry
from reviews.views.expert_words import panel_name

Data = Mapping[str, Any]
HUNDRED = Decimal(100)


class Names:
    """Ranks and titles by number, panels by number. `titles`: of dossiers that are in no ranking,
    because they were not heard.
    """

    def __init__(
        self,
        entries: Sequence[RankingEntry],
        panels: Sequence[Panel],
        titles: Mapping[str, str],
    ) -> None:
        self.entries = {entry.application.number or "": entry for entry in entries}
        self.panels = {str(panel.number): panel_name(panel) for panel in panels}
        self.titles = titles

    def row(self, number: str) -> dict[str, Any]:
        entry = self.entries.get(number)
        if entry is None:
            return {"rank": None, "title": self.titles.get(number, number), "application": None}
        return {
            "rank": entry.rank,
            "title": entry.application.title,
            "application": entry.application_id,
        }

    def rows(self, numbers: Sequence[str]) -> list[dict[str, Any]]:
        """In the order of the rank."""
        found = [self.row(number) for number in numbers]
        return sorted(found, key=lambda row: (row["rank"] is None, row["rank"] or 0))


def decimal(value: float | None, places: int = 2) -> Decimal | None:
    if value is None:
        return None
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(weight: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """A fraction, "7/10", as per cent with two decimals."""
    exact = Fraction(weight) * 10_000
    whole, rest = divmod(exact.numerator, exact.denominator)
    if rest and (
        rounding == ROUND_CEILING or (rounding == ROUND_HALF_UP and 2 * rest >= exact.denominator)
    ):
        whole += 1
    return Decimal(whole) / HUNDRED


def shown(value: Decimal) -> str:
    return f"{value.normalize():f}%"
