"""Where one entry stands among the others: its equals, what those before it ask for, the line."""

from dataclasses import dataclass
from decimal import Decimal

from reviews import outcomes
from reviews.models import JointDecision, RankingEntry

FUNDED = ("funded", "partial")


@dataclass(frozen=True, slots=True)
class Equal:
    """An entry of the same total, with what decides between them."""

    application: int
    title: str
    rank: int | None
    employment: Decimal | None
    net_new_jobs: Decimal
    quality: Decimal | None


@dataclass(frozen=True, slots=True)
class Placing:
    """An entry's place; sums in yuan.

    `before`: what those of a better rank ask for together. `line`: rank and total of the last that
    got money, and `outcome`, `awarded` what the entry itself got; empty while nothing is decided.
    `quota`: which one passes it over, as the rules stand, decided or not yet.
    """

    of: int
    before: Decimal
    equals: tuple[Equal, ...]
    line: tuple[int, Decimal] | None
    outcome: str
    awarded: Decimal | None
    quota: str


def placing_of(entry: RankingEntry) -> Placing:
    """Needs the entry's ranking and its call. Five queries at most."""
    rows = list(
        RankingEntry.objects.filter(ranking=entry.ranking_id, state="ranked")
        .select_related("application")
        .defer("details")
        .order_by("rank", "application__number")
    )
    decided = outcomes.outcomes_of(entry.ranking.call)
    funded = [
        row
        for row in rows
        if (found := decided.get(row.application_id)) is not None and found.outcome in FUNDED
    ]
    own = decided.get(entry.application_id)
    return Placing(
        of=len(rows),
        before=sum((row.requested for row in rows if _before(row, entry)), Decimal(0)),
        equals=tuple(_equal(row) for row in rows if entry.rank and row.total == entry.total),
        line=(funded[-1].rank or 0, funded[-1].total or Decimal(0)) if funded else None,
        outcome=own.outcome if own is not None else "",
        awarded=own.awarded if own is not None else None,
        quota=own.quota
        if own is not None
        else outcomes.passed_over(entry.ranking).get(entry.application_id, ""),
    )


def _before(row: RankingEntry, entry: RankingEntry) -> bool:
    return row.rank is not None and entry.rank is not None and row.rank < entry.rank


def _equal(row: RankingEntry) -> Equal:
    return Equal(
        application=row.application_id,
        title=row.application.title,
        rank=row.rank,
        employment=row.employment,
        net_new_jobs=row.net_new_jobs,
        quality=row.quality,
    )


def joint_decision_on(entry: RankingEntry) -> JointDecision | None:
    """The last confirmed decision that names the entry's dossier."""
    return (
        entry.ranking.call.joint_decisions.filter(
            confirmed_at__isnull=False, order__contains=[entry.application_id]
        )
        .order_by("-confirmed_at", "-pk")
        .first()
    )
