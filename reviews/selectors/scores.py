"""Points of a call's dossiers from locked sheets, with how each came about, and the rows of an
export.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.selectors import line_code
from applications.figures import Figures
from applications.models import Application, Call, Submission
from applications.sheet import parse
from reviews.models import Assignment, AssignmentState, Mark, Panel, Stage
from reviews.rules import standing
from reviews.scoring import Computed, Points, Score, combine, compute, points_of
from reviews.selectors.sheets import sheet_of
from reviews.selectors.site_standing import VETO_PREFIX, Standing, confirmed_findings, standing_of
from reviews.selectors.sums import expert_sums
from reviews.site_figures import corrected

Marks = Mapping[int, Mapping[str, Mapping[str, Decimal | None]]]  # application, pseudonym, leaf


@dataclass(frozen=True, slots=True)
class Scored:
    """A dossier's points and what they rest on. `jobs`: net new jobs, persons. `points`: both
    stages where there is a hearing, `n` its sheets that count in the stage that has fewer; None
    with too few of them. `came`: to the hearing, if there is one.
    """

    application: Application
    panel: Panel
    score: Score
    computed: Mapping[str, Computed]
    jobs: Decimal
    details: dict[str, Any]
    points: Points | None
    n: int
    came: bool = True


def locked_marks(call: Call, stage: str = Stage.PAPER) -> Marks:
    """Every mark on a locked sheet of a call's stage. One query."""
    marks: dict[int, dict[str, dict[str, Decimal | None]]] = defaultdict(lambda: defaultdict(dict))
    rows = Mark.objects.filter(
        assignment__panel__call=call,
        assignment__stage=stage,
        assignment__state=AssignmentState.LOCKED,
    ).order_by("assignment__expert__pseudonym", "leaf")
    for application, expert, leaf, value in rows.values_list(
        "assignment__application_id", "assignment__expert__pseudonym", "leaf", "score"
    ):
        marks[application][expert][leaf] = value
    return marks


def score_all(
    call: Call,
    as_of: datetime | None = None,
    dossiers: QuerySet[Application] | None = None,
) -> list[Scored]:
    """Every dossier that stands, or those given, by number, scored on paper by the call's frozen
    rules. Five queries.

    The formulas take what a site check found over what was submitted; the marks stay as they are.
    `as_of`: as it was before a later recusal (see `expert_sums`), or any site check.
    """
    rules, figures = call.rule_set, _figures(call)
    frozen = parse(call.sheet)
    given = expert_sums(call, frozen, as_of=as_of)
    panels = {panel.pk: panel for panel in Panel.objects.filter(call=call)}
    sheets = {pk: frozen.with_references(panel.references) for pk, panel in panels.items()}
    found = []
    scored = standing(call) if dossiers is None else dossiers
    placed = scored.only("number", "requested").annotate(
        panel=F("place__panel"), branch=F("industry__code"), line=line_code("region")
    )
    for application in placed.order_by("number"):
        panel = panels[application.panel]
        submitted, checked = figures[application.pk]
        site = checked if as_of is None else None
        facts = Figures.from_content(corrected(submitted, site.found) if site else submitted)
        sheet = sheets[panel.pk]
        computed = compute(sheet, facts)
        sums = given.get(application.pk, [])
        score = combine(sheet, computed, sums, rules.aggregation, rules.trim_from)
        jobs = facts.net_new_jobs or Decimal(0)
        found.append(
            Scored(
                application,
                panel,
                score,
                computed,
                jobs,
                details_of(computed, score, site),
                points_of(score),
                score.n,
            )
        )
    return found


def _figures(call: Call) -> dict[int, tuple[dict[str, Any], Standing | None]]:
    """Application → the figures of its last submission, what stands of its site checks. One
    query.
    """
    rows = Submission.objects.filter(application__place__panel__call=call)
    last = rows.order_by("application_id", "-version").distinct("application_id")
    found = last.values_list(
        "application_id", "content__figures", confirmed_findings("application")
    )
    return {pk: (figures, standing_of(findings)) for pk, figures, findings in found}


def details_of(
    computed: Mapping[str, Computed], score: Score, site: Standing | None = None
) -> dict[str, Any]:
    """How the points came about, leaf by leaf and expert by expert, as data. The single marks stand
    on the signed sheets. `site`: what was found on the spot, only where something stands of it.
    """
    vetoes = [c.veto for c in computed.values() if c.veto]
    if site is not None and site.veto:
        vetoes.append(f"{VETO_PREFIX}{site.veto}")
    return ({"site": site.to_data()} if site is not None else {}) | {
        "formula": {
            code: {
                "score": str(c.score),
                "max": str(c.max),
                "working": c.working,
                "note": c.note or "",
                # Where nothing is added up, the choice alone tells whence the points are.
                "given": {} if c.working else {i.key: str(i.value) for i in c.inputs},
            }
            for code, c in computed.items()
        },
        "vetoes": sorted(vetoes),
        "experts": experts_data(score),
        "formula_quality": str(score.formula_quality),
        "formula_employment": str(score.formula_employment),
        "expert_quality": str(score.expert_quality),
        "expert_employment": str(score.expert_employment),
    }


def experts_data(score: Score) -> dict[str, dict[str, str]]:
    """The experts' sums on a dossier and how much of each counts, by pseudonym."""
    return {
        e.expert: {
            "quality": str(e.quality),
            "employment": str(e.employment),
            "total": str(e.total),
            "share": str(e.share),
        }
        for e in score.experts
    }


def score_rows(call: Call) -> Iterator[tuple[str, str, str, str, str, str]]:
    """(application, expert, leaf, mode, score, max) of every leaf of the paper review that counts
    or was marked.

    Formula leaves have no expert. By number, then the sheet's order of leaves, then pseudonym.
    """
    marks = locked_marks(call)
    sheets = {panel.pk: sheet_of(panel) for panel in call.panels.select_related("call")}
    for row in score_all(call):
        number, given = row.application.number or "", marks.get(row.application.pk, {})
        for leaf in sheets[row.panel.pk].leaves():
            most = f"{leaf.weight:.2f}"
            if leaf.mode == "formula":
                yield number, "", leaf.code, "formula", f"{row.computed[leaf.code].score:.2f}", most
                continue
            for expert, values in given.items():
                value = values.get(leaf.code)
                shown = "" if value is None else f"{value:.2f}"
                yield number, expert, leaf.code, "expert", shown, most


@dataclass(frozen=True, slots=True)
class ExpertProgress:
    """How far one expert is with a panel: counts only, never a mark."""

    pseudonym: str
    name: str
    state: str  # of the seat
    declared: int
    done: int
    of: int
    recused: int
    signed: bool


def progress(call: Call, stage: str = Stage.PAPER) -> dict[int, list[ExpertProgress]]:
    """Panel → its experts with their counts in a stage. One query; no mark is read."""
    rows = (
        Assignment.objects.filter(panel__call=call, stage=stage, seat__draw__status="drawn")
        .exclude(seat__state__in=("declined", "replaced"))
        .values_list(
            "panel_id",
            "expert__pseudonym",
            "expert__user__name",
            "seat__state",
            "state",
        )
    )
    states: dict[tuple[int, str, str, str], Counter[str]] = defaultdict(Counter)
    for panel, pseudonym, name, seat, state in rows:
        states[panel, pseudonym, name, seat][state] += 1
    found: dict[int, list[ExpertProgress]] = defaultdict(list)
    for (panel, pseudonym, name, seat), counts in sorted(states.items()):
        locked = counts[AssignmentState.LOCKED]
        done = locked + counts[AssignmentState.FINISHED]
        found[panel].append(
            ExpertProgress(
                pseudonym=pseudonym,
                name=name,
                state=seat,
                declared=done + counts[AssignmentState.OPEN],
                done=done,
                of=done + counts[AssignmentState.OPEN] + counts[AssignmentState.TO_DECLARE],
                recused=counts[AssignmentState.RECUSED] + counts[AssignmentState.VOID],
                signed=locked > 0,
            )
        )
    return found


def too_few(call: Call, *, hearing: bool = False) -> QuerySet[Application]:
    """Dossiers with fewer locked sheets than the rules ask for, by number; at the hearing those
    that came and lack sheets of either stage.
    """
    least = call.rule_set.min_scores
    dossiers = standing(call).annotate(locked=_locked(call, Stage.PAPER))
    few = Q(locked__lt=least)
    if hearing:
        dossiers = dossiers.filter(hearing__place__isnull=False).exclude(
            hearing__minutes__came=False
        )
        dossiers = dossiers.annotate(heard=_locked(call, Stage.HEARING))
        few |= Q(heard__lt=least)
    return dossiers.filter(few).order_by("number")


def _locked(call: Call, stage: str) -> Count:
    """Of a dossier: how many sheets of a stage are locked."""
    return Count(
        "assignments",
        filter=Q(
            assignments__panel__call=call,
            assignments__stage=stage,
            assignments__state=AssignmentState.LOCKED,
        ),
    )
