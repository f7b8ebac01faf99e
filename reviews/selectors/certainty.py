"""What the analysis of a ranking is computed from, and how far it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from applications.call_rules import CallRules
from applications.models import Call
from applications.sheet import Sheet, parse
from notifications.models import Job, Outgoing
from reviews.models import PARTS, Analysis, AnalysisPart, Ranking, RankingEntry, ShortlistEntry
from reviews.scoring import Points
from reviews.selectors.sheets import full_marks
from reviews.selectors.sums import expert_sums

if TYPE_CHECKING:
    from reviews.certainty.quotas import Quotas
    from reviews.certainty.ranked import Heard, Item, Ranked

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


def unheard_titles(call: Call) -> dict[str, str]:
    """Number → title of the dossiers of the paper review that were not heard. One query."""
    left = ShortlistEntry.objects.filter(shortlist__call=call, place=None)
    return {
        number or "": title
        for number, title in left.values_list("application__number", "application__title")
    }


def ranked_of(ranking: Ranking) -> "Ranked":
    """A stored ranking as the mathematics takes it. Needs its call; one query, three with a
    hearing.

    Only the ranking's own entries are read, and sheets that nobody voids once a ranking stands, so
    that what is computed later is computed from the same rows.
    """
    from reviews.certainty.ranked import Ranked

    rules, sheet = CallRules.from_data(ranking.rules), parse(ranking.call.sheet)
    entries = ranking.entries.select_related("application")
    in_order = sorted(entries, key=lambda entry: _tie_order(entry, rules))
    full = full_marks(sheet, ranking.call)
    return Ranked(
        items=[_item(entry) for entry in in_order],
        max_quality=full["quality"],
        max_employment=full["employment"],
        floor=rules.floor,
        budget=ranking.call.envelope,
        mode=rules.cut_off,
        method=rules.aggregation,
        trim_from=rules.trim_from,
        quotas=_quotas(rules, in_order),
        percent=rules.hearing_percent if rules.has_hearing else 0,
        ties=rules.ties,
        unheard=_unheard(ranking, sheet) if rules.has_hearing else (),
    )


def _unheard(ranking: Ranking, sheet: Sheet) -> list["Item"]:
    """The dossiers of the paper review that were not heard, with the sums of their sheets."""
    from reviews.certainty.ranked import Item

    given = expert_sums(ranking.call, sheet)
    left = ShortlistEntry.objects.filter(shortlist__call=ranking.call, place=None)
    rows = left.order_by("application__number").values_list(
        "application", "application__number", "panel__number"
    )
    nothing = Decimal(0)
    return [
        Item(
            id=number or "",
            panel=str(panel),
            sums={g.expert: g.quality + g.employment for g in given.get(pk, ()) if g.complete},
            base=nothing,
            quality=nothing,
            employment=nothing,
            cost=nothing,
            competes=False,
        )
        for pk, number, panel in rows
    ]


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
    from reviews.certainty.ranked import Item

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
        heard=_heard(entry),
    )


def _heard(entry: RankingEntry) -> "Heard | None":
    from reviews.certainty.ranked import Heard

    told = entry.details.get("hearing")
    if told is None:
        return None
    return Heard(
        sums={who: Decimal(row["total"]) for who, row in told["experts"].items()},
        paper=_points(told["paper"]),
        hearing=_points(told["points"]),
        jobs=entry.net_new_jobs or Decimal(0),
    )


def _points(told: dict[str, str] | None) -> Points | None:
    if told is None:
        return None
    return Points(Decimal(told["quality"]), Decimal(told["employment"]))
