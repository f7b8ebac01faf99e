"""How sure the ranking of a call with a hearing is: what the parts mean there.

- agreement: each stage by itself, the paper review over all its dossiers, not only those heard
- weights: quality against employment over the points of both stages, each dimension of both sheets
  stretched alike; and the hearing against the paper review
- people: an expert is left out, or drawn again, in both stages at once
- ranks: over what each expert gave in both stages together, so that what one expert thinks twice is
  not counted as two opinions; who signed in one stage only is a gap
- knapsack: over the totals of both stages

All but the agreement speaks of those who were heard: nobody else has a total.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from reviews.certainty.analysis import of_ranks, short
from reviews.certainty.ranked import Heard, Item, Ranked
from reviews.certainty.stage_weight import Candidate, Change, Rules, weigh_stages
from reviews.certainty.standing import Frozen
from reviews.certainty.table import ScoreTable
from reviews.certainty.two_stages import TwoStages


def by_stage(ranked: Ranked) -> dict[str, list[Item]]:
    """The dossiers of each stage with the sums given there."""
    return {
        "paper": [*ranked.items, *ranked.unheard],
        "hearing": [replace(item, sums=_heard(item).sums) for item in ranked.items],
    }


def _heard(item: Item) -> Heard:
    if item.heard is None:
        raise ValueError(f"{item.id} was not heard")
    return item.heard


def standing(ranked: Ranked, frozen: Frozen) -> TwoStages:
    """Those who compete, in both stages."""
    items = ranked.competing()
    return TwoStages.of_both(
        ((i.id, expert, given) for i in items for expert, given in i.sums.items()),
        ((i.id, expert, given) for i in items for expert, given in _heard(i).sums.items()),
        frozen,
        ranked.percent,
    )


def ranks(ranked: Ranked) -> dict[str, Any]:
    """Expected ranks; `apart`: how many sheets of experts who signed in one stage only are left
    aside.
    """
    rows: list[tuple[str, str, Fraction | None]] = []
    for item in ranked.competing():
        spoken = _heard(item).sums
        for expert in sorted(item.sums.keys() | spoken.keys()):
            both = expert in item.sums and expert in spoken
            rows.append((item.id, expert, _together(item, expert, ranked) if both else None))
    apart = sum(score is None for _item, _expert, score in rows)
    found = of_ranks(ScoreTable.of(rows)) if apart < len(rows) else []
    return {"ranks": found, "apart": apart}


def _together(item: Item, expert: str, ranked: Ranked) -> Fraction:
    """What an expert's two sheets would make the total."""
    paper = Fraction(item.base + item.sums[expert])
    spoken = Fraction(_heard(item).sums[expert])
    return (paper * (100 - ranked.percent) + spoken * ranked.percent) / 100


def stage_weight(ranked: Ranked) -> dict[str, Any]:
    """What the weight of the hearing decides, weights in whole per cent."""
    report = weigh_stages(
        _candidates(ranked.competing()),
        Rules(ranked.percent, ranked.ties, ranked.floor, ranked.budget, ranked.mode, ranked.quotas),
    )
    return {
        "percent": report.percent,
        "low": report.low,
        "high": report.high,
        "correlation": short(report.correlation),
        "breaks": [_change(one) for one in report.breaks],
        "shifts": [_change(one) for one in report.shifts],
    }


def _candidates(items: Sequence[Item]) -> list[Candidate]:
    """Who has points in both stages; whoever competes has."""
    found = []
    for item in items:
        heard = _heard(item)
        if heard.paper is not None and heard.hearing is not None:
            points = (heard.paper, heard.hearing)
            found.append(Candidate(item.id, *points, heard.jobs, item.cost, item.groups))
    return found


def _change(one: Change) -> dict[str, Any]:
    return {
        "percent": one.percent,
        "up": list(one.up),
        "down": list(one.down),
        "moved": one.moved,
    }
