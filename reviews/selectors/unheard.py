"""How a dossier that was not heard came to its points: as the shortlist took the paper review."""

from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from applications.figures import Figures
from applications.models import Call, Submission
from reviews.models import Ranking, RankingEntry, ShortlistEntry
from reviews.scoring import Given, combine, compute
from reviews.selectors.rankings import latest
from reviews.selectors.scores import details_of
from reviews.selectors.sheets import sheet_of
from reviews.selectors.sums import expert_sums


def unheard_entry(call: Call, application: int) -> RankingEntry | None:
    """A dossier off the shortlist in the shape of a ranking's entry, not stored: no rank, the
    points of the paper review and what they rest on. None for any other, and before the ranking.
    Three queries.
    """
    if not call.rule_set.has_hearing or (ranking := latest(call)) is None:
        return None
    rows = ShortlistEntry.objects.select_related(
        "shortlist",
        "panel",
        "application__firm",
        "application__region",
        "application__industry",
        "application__place__panel__call",
    )
    last = Submission.objects.filter(application=OuterRef("application")).order_by("-version")
    rows = rows.annotate(figures=Subquery(last.values("content__figures")[:1]))
    row: Any = rows.filter(shortlist__call=call, application=application, place=None).first()
    if row is None:
        return None
    ranking.call = row.panel.call = call
    given = expert_sums(call, sheet_of(row.panel), as_of=row.shortlist.made_at, only=application)
    return _entry(ranking, row, given.get(application, []))


def _entry(ranking: Ranking, row: Any, given: list[Given]) -> RankingEntry:
    rules, dossier = ranking.call.rule_set, row.application
    sheet = sheet_of(row.panel)
    facts = Figures.from_content(row.figures)
    computed = compute(sheet, facts)
    score = combine(sheet, computed, given, rules.aggregation, rules.trim_from)
    return RankingEntry(
        # No row has it; the order of experts with equal sums differs from dossier to dossier by it.
        pk=-dossier.pk,
        ranking=ranking,
        application=dossier,
        state=row.state,
        total=row.total,
        quality=row.quality,
        employment=row.employment,
        net_new_jobs=facts.net_new_jobs or Decimal(0),
        requested=dossier.requested or Decimal(0),
        scores=score.n,
        panel=row.panel.number,
        details=details_of(computed, score)
        | {"decided_by": "", "tied_with": [], "paper_rank": row.rank},
    )
