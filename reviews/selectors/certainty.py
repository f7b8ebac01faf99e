"""What the analysis of a ranking is computed from, and how far it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from applications.call_rules import CallRules
from applications.sheet import parse
from notifications.models import Job, Outgoing
from reviews.models import PARTS, Analysis, AnalysisPart, Ranking, RankingEntry

if TYPE_CHECKING:
    from reviews.certainty.of_ranking import Item, Ranked
    from reviews.certainty.quotas import Quotas

COMPETES = ("ranked", "below_floor")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the analysis of a ranking is. `stuck`: a part was given up and waits to be resent."""

    analysis: Analysis | None
    done: int
    of: int
    stuck: bool


def job_key(ranking: int, part: str) -> str:
    """The key of the job that computes a part: each is computed once for each ranking."""
    return f"analysis:{ranking}:{part}"


def progress_of(ranking: Ranking) -> Progress:
    """One query."""
    keys = [job_key(ranking.pk, part) for part in PARTS]
    parts = AnalysisPart.objects.filter(ranking=OuterRef("pk")).order_by().values("ranking")
    row: Any = (
        Ranking.objects.select_related("analysis")
        .annotate(
            done=Coalesce(Subquery(parts.annotate(n=Count("pk")).values("n")), 0),
            stuck=Exists(Job.objects.filter(key__in=keys, state=Outgoing.DEAD)),
        )
        .get(pk=ranking.pk)
    )
    return Progress(getattr(row, "analysis", None), row.done, len(PARTS), row.stuck)


def ranked_of(ranking: Ranking) -> "Ranked":
    """A stored ranking as the mathematics takes it. Needs its call; one query.

    Only the ranking's own entries are read, so that what is computed later is computed from the
    same rows.
    """
    from reviews.certainty.of_ranking import Ranked

    rules, sheet = CallRules.from_data(ranking.rules), parse(ranking.call.sheet)
    entries = ranking.entries.select_related("application")
    in_order = sorted(entries, key=lambda entry: _tie_order(entry, rules))
    return Ranked(
        items=[_item(entry) for entry in in_order],
        max_quality=sheet.quality.weight,
        max_employment=sheet.employment.weight,
        floor=rules.floor,
        budget=ranking.call.envelope,
        mode=rules.cut_off,
        method=rules.aggregation,
        trim_from=rules.trim_from,
        quotas=_quotas(rules, in_order),
    )


def _quotas(rules: CallRules, entries: Sequence[RankingEntry]) -> "Quotas":
    from reviews.certainty.quotas import Quotas

    most = {"industry": rules.most_per_industry, "prefecture": rules.most_per_prefecture}
    percent = {"industry": rules.percent_per_industry, "prefecture": rules.percent_per_prefecture}
    panels = Counter(str(entry.panel) for entry in entries) if rules.panels == "quota" else {}
    return Quotas(_given(most), _given(percent), panels)


def _given(limits: dict[str, int | None]) -> dict[str, int]:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _tie_order(entry: RankingEntry, rules: CallRules) -> tuple[list[Decimal], int, str]:
    """Equal totals go by the tie keys, then as they were ranked."""
    keys = [getattr(entry, name) for name in rules.ties]
    return (
        [Decimal(1) if key is None else -Decimal(key) for key in keys],
        entry.rank or 0,
        entry.application.number or "",
    )


def _item(entry: RankingEntry) -> "Item":
    from reviews.certainty.of_ranking import Item

    details = entry.details
    return Item(
        id=entry.application.number or "",
        panel=str(entry.panel),
        sums={who: Decimal(row["total"]) for who, row in details["experts"].items()},
        base=Decimal(details["formula_quality"]) + Decimal(details["formula_employment"]),
        quality=entry.quality or Decimal(0),
        employment=entry.employment or Decimal(0),
        cost=entry.requested,
        competes=entry.state in COMPETES and entry.requested > 0,
        groups={
            "industry": entry.industry,
            "prefecture": entry.prefecture,
            "panel": str(entry.panel),
        },
    )
