"""The funding line on rows: from a ranking to items of a list, and from a decided list back."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from applications.call_rules import CallRules
from applications.workflow import Status
from audit.refusals import Invalid
from awards import funding as line_rules
from awards.models import Deviation, FundingItem, FundingList, Outcome
from awards.wording import LINE_ERRORS
from reviews.models import Ranking, RankingEntry

OUTCOME_BY_RULE = {
    "funded": Outcome.FUNDED,
    "partial": Outcome.PARTIAL,
    "reserve": Outcome.RESERVE,
    "passed_over": Outcome.PASSED_OVER,
    "below_floor": Outcome.NOT_FUNDED,
}
DEVIATIONS: dict[str, line_rules.DeviationKind] = {"held_back": "hold_back", "lifted": "lift"}
# Whose sum still counts on the list. A terminated project's money goes back to the year's
# envelope, not to this call's reserve list.
STANDS = frozenset(
    {
        Status.PROPOSED,
        Status.ON_NOTICE,
        Status.OBJECTION_HOLD,
        Status.AWARDED,
        Status.AGREED,
        Status.IN_PROGRESS,
        Status.COMPLETED,
        Status.TERMINATED,
    }
)
GONE = frozenset({Status.DISQUALIFIED, Status.WITHDRAWN})


def quotas_of(ranking: Ranking) -> line_rules.Quotas:
    """The quotas frozen with the call, and how many dossiers each panel reviewed. One query."""
    rules = CallRules.from_data(ranking.rules)
    panels: Counter[str] = Counter()
    if rules.panels == "quota":
        panels.update(str(panel) for panel in ranking.entries.values_list("panel", flat=True))
    return line_rules.Quotas(
        {
            "industry": line_rules.Limit(rules.most_per_industry, rules.percent_per_industry),
            "prefecture": line_rules.Limit(rules.most_per_prefecture, rules.percent_per_prefecture),
        },
        panels,
    )


def groups_of(prefecture: str, panel: int, industry: str) -> dict[line_rules.Dimension, str]:
    """The groups of a ranking's entry that quotas count by."""
    groups: dict[line_rules.Dimension, str] = {"prefecture": prefecture, "panel": str(panel)}
    return groups | {"industry": industry} if industry else groups


def with_groups(items: QuerySet[FundingItem]) -> QuerySet[FundingItem]:
    """Each item with the groups of its entry in the list's ranking, as `.groups`."""
    entry = RankingEntry.objects.filter(
        ranking=OuterRef("funding_list__ranking"), application=OuterRef("application")
    )
    names = JSONObject(prefecture="prefecture", panel="panel", industry="industry")
    return items.annotate(groups=Subquery(entry.values(names=names)[:1]))


def compute_line(
    ranking: Ranking, envelope: Decimal, mode: str, deviations: Iterable[Deviation]
) -> line_rules.FundingLine:
    """The line of a ranking under these deviations. Raises Invalid when it cannot be drawn so."""
    entries = (
        ranking.entries.filter(state__in=("ranked", "below_floor"), total__isnull=False)
        .select_related("application")
        .defer("details")
        .order_by(F("rank").asc(nulls_last=True), "-total", "application_id")
    )
    titles = {str(e.application_id): e.application.title for e in entries}
    try:
        return line_rules.draw_line(
            [
                line_rules.Candidate(
                    str(e.application_id),
                    e.rank,
                    e.total or Decimal(0),
                    e.requested,
                    groups_of(e.prefecture, e.panel, e.industry),
                )
                for e in entries
            ],
            envelope,
            mode,  # type: ignore[arg-type]  # validated by CallRules
            Decimal(str(ranking.rules["floor"])),
            [
                line_rules.Deviation(str(d.application_id), d.kind, d.reason)  # type: ignore[arg-type]  # model choices
                for d in deviations
            ],
            quotas_of(ranking),
        )
    except line_rules.FundingError as error:
        raise Invalid(
            _("The list cannot be drawn this way. %(why)s")
            % {"why": LINE_ERRORS[error.key] % {"project": titles.get(error.id, error.id)}}
        ) from error


def write_items(funding_list: FundingList) -> None:
    """Draw the line with the confirmed deviations and write it as the list's items."""
    agreed = funding_list.deviations.filter(confirmed_at__isnull=False)
    line = compute_line(funding_list.ranking, funding_list.envelope, funding_list.mode, agreed)
    rows = [
        FundingItem(
            funding_list=funding_list,
            application_id=int(item.id),
            position=position,
            rank=item.rank,
            outcome=OUTCOME_BY_RULE[item.outcome],
            amount=item.awarded,
            cumulative=item.cumulative,
            note=item.reason,
        )
        for position, item in enumerate(line.items, start=1)
    ]
    placed = {row.application_id for row in rows}
    left_out = [e for e in funding_list.ranking.entries.all() if e.application_id not in placed]
    rows += [
        FundingItem(
            funding_list=funding_list,
            application_id=entry.application_id,
            position=position,
            rank=None,
            outcome=Outcome.NOT_FUNDED,
            amount=Decimal(0),
            cumulative=line.committed,
            note=entry.state,
        )
        for position, entry in enumerate(left_out, start=len(rows) + 1)
    ]
    funding_list.items.all().delete()
    FundingItem.objects.bulk_create(rows)


def decided_line(
    funding_list: FundingList, items: Iterable[FundingItem], leaving: int
) -> tuple[line_rules.FundingLine, set[str]]:
    """The line of an approved list as it stands today, and who has dropped out of it.

    `items`: the list's by position, with their dossiers, `with_groups`; `leaving`: the id of the
    dossier that drops out just now.
    A sum that was already published stays as published: only a part that is not on notice yet
    may still grow, so everything on notice or beyond counts as funded.
    """
    rows: list[line_rules.FundingItem] = []
    dropped: set[str] = set()
    for item in items:
        is_leaving = item.application_id == leaving
        status = Status.DISQUALIFIED if is_leaving else Status(item.application.status)
        if status in GONE:
            dropped.add(str(item.application_id))
        outcome: line_rules.Outcome = "below_floor"
        if status in STANDS or status in GONE:
            open_part = item.outcome == Outcome.PARTIAL and status == Status.PROPOSED
            outcome = "partial" if open_part else "funded"
        elif status == Status.RESERVE:
            outcome = "passed_over" if item.outcome == Outcome.PASSED_OVER else "reserve"
        rows.append(
            line_rules.FundingItem(
                id=str(item.application_id),
                rank=item.rank,
                total=Decimal(0),
                requested=item.application.requested or Decimal(0),
                awarded=item.amount if outcome in ("funded", "partial") else Decimal(0),
                outcome=outcome,
                reason="held_back" if item.note == "held_back" else "after_line",
                deviation=DEVIATIONS.get(item.note, ""),
                groups=groups_of(**item.groups),  # type: ignore[attr-defined]  # `with_groups`
            )
        )
    line = line_rules.FundingLine(
        tuple(rows),
        funding_list.envelope,
        funding_list.mode,  # type: ignore[arg-type]  # validated by CallRules
        Decimal(0),
        quotas_of(funding_list.ranking),
    )
    return line, dropped
