"""Points of the dossiers that came to a hearing: both stages in one, with how each came about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import F

from applications.models import Call
from applications.sheet import parse_hearing
from reviews.models import ShortlistEntry, Stage
from reviews.rules import standing
from reviews.scoring import Points, Score, combine, points_of, weigh
from reviews.selectors.scores import Scored, experts_data, locked_marks, score_all
from reviews.selectors.sums import expert_sums


def heard(call: Call) -> list[Scored]:
    """The shortlisted by number, scored in both stages by the call's frozen rules. Seven
    queries.
    """
    rules, sheet = call.rule_set, parse_hearing(call.hearing_sheet)
    given = expert_sums(call, sheet, Stage.HEARING)
    listed = standing(call).filter(hearing__place__isnull=False)
    found = []
    for row in score_all(call, dossiers=listed.annotate(came=F("hearing__minutes__came"))):
        marks = given.get(row.application.pk, [])
        score = combine(sheet, {}, marks, rules.aggregation, rules.trim_from)
        came: bool | None = row.application.came  # type: ignore[attr-defined]  # annotated
        found.append(_both(row, score, rules.hearing_percent, came=came is not False))
    return found


def _both(row: Scored, hearing: Score, percent: int, *, came: bool) -> Scored:
    paper, spoken = row.points, points_of(hearing)
    told = {
        "percent": percent,
        "paper": _points_data(paper),
        "points": _points_data(spoken),
        "experts": experts_data(hearing),
    }
    return replace(
        row,
        points=weigh(paper, spoken, percent) if came else None,
        n=min(row.n, hearing.n),
        came=came,
        details=row.details | {"hearing": told},
    )


def _points_data(points: Points | None) -> dict[str, Any] | None:
    if points is None:
        return None
    return {name: str(getattr(points, name)) for name in ("quality", "employment", "total")}


def hearing_rows(call: Call) -> Iterator[tuple[str, str, str, str, str, str]]:
    """(application, expert, leaf, mode, score, max) of every leaf that was marked at the
    hearing.
    """
    marks, sheet = locked_marks(call, Stage.HEARING), parse_hearing(call.hearing_sheet)
    entries = ShortlistEntry.objects.filter(shortlist__call=call, place__isnull=False)
    for pk, number in entries.order_by("application__number").values_list(
        "application", "application__number"
    ):
        for leaf in sheet.leaves():
            for expert, values in marks.get(pk, {}).items():
                value = values.get(leaf.code)
                shown = "" if value is None else f"{value:.2f}"
                yield number or "", expert, leaf.code, "expert", shown, f"{leaf.weight:.2f}"
