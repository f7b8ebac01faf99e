"""What stands on experts' sheets: the frozen sheet of a panel, what is missing, what is signed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from applications.figures import Figures
from applications.models import Call
from applications.sheet import Problem, Sheet, parse, parse_hearing
from reviews.models import Assignment, Mark, Panel, Stage
from reviews.scoring import Computed, check_mark, compute


def sheet_of(panel: Panel, stage: str = Stage.PAPER) -> Sheet:
    """The frozen score sheet of a panel's call with the panel group's references; or that of its
    hearing, which computes nothing.
    """
    if stage == Stage.HEARING:
        return parse_hearing(panel.call.hearing_sheet)
    return parse(panel.call.sheet).with_references(panel.references)


def full_marks(sheet: Sheet, call: Call) -> dict[str, Decimal]:
    """The points there are for each dimension; where there is a hearing, of both stages together,
    by their weights.
    """
    full = {"quality": sheet.quality.weight, "employment": sheet.employment.weight}
    percent = call.rule_set.hearing_percent
    if not percent:
        return full
    spoken = parse_hearing(call.hearing_sheet)
    heard = {"quality": spoken.quality.weight, "employment": spoken.employment.weight}
    return {k: (full[k] * (100 - percent) + heard[k] * percent) / 100 for k in full}


def computed_of(sheet: Sheet, content: Mapping[str, Any]) -> dict[str, Computed]:
    """The formula leaves of one submission's content."""
    return compute(sheet, Figures.from_content(content["figures"]))


def problems_of(
    sheet: Sheet, marks: Mapping[str, Mark], min_comment: int
) -> dict[str, list[Problem]]:
    """What keeps a dossier from being finished: leaf code → problems. Empty: nothing does."""
    found = {}
    for leaf in sheet.expert_leaves():
        mark = marks.get(leaf.code) or Mark(leaf=leaf.code)
        problems = check_mark(leaf, mark.tier, mark.score, mark.comment, min_comment)
        if problems:
            found[leaf.code] = problems
    return found


def sheet_content(
    panel: Panel, assignments: Iterable[Assignment], stage: str = Stage.PAPER
) -> dict[str, Any]:
    """What an expert signs: every mark of every dossier of the panel, in a canonical order; at a
    hearing it says so.

    Asks nothing of the database when application, submission and marks are fetched along.
    """
    of_hearing = {"stage": stage} if stage == Stage.HEARING else {}
    return {
        "call": panel.call.number,
        "panel": panel.number,
        **of_hearing,
        "dossiers": [
            {
                "application": a.application.number,
                "submission": a.submission.digest,
                "marks": [
                    {
                        "leaf": m.leaf,
                        "tier": m.tier,
                        "score": f"{m.score:.2f}",
                        "comment": m.comment,
                    }
                    for m in sorted(a.marks.all(), key=lambda m: m.leaf)
                ],
                "comment": a.overall_comment,
            }
            for a in sorted(assignments, key=lambda a: a.application.number or "")
        ],
    }
