"""The rows that others build on: scores and ranking of a call as CSV or JSON. Closed until the
lock.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from applications.models import Call, CallStatus
from audit.refusals import WrongState
from reviews import outcomes
from reviews.models import RankingEntry, Stage
from reviews.selectors import heard, scores

SCORES = ("application", "expert", "leaf", "mode", "score", "max")
RANKING = (
    "rank",
    "application",
    "region",
    "quality",
    "employment",
    "total",
    "requested",
    "awarded",
    "outcome",
)
CORRECTED = "corrected"  # a column only for whom asks: what others build on has those above
BEFORE_THE_LOCK = (
    CallStatus.DRAFT,
    CallStatus.PROPOSED,
    CallStatus.PUBLISHED,
    CallStatus.SCREENED,
    CallStatus.IN_REVIEW,
    CallStatus.HEARING,
)


def require_closed(call: Call) -> None:
    """Refuse while scoring is open or has not begun: nobody sees a mark before all are locked."""
    if call.status in BEFORE_THE_LOCK:
        raise WrongState(_("Scoring of this call is not closed yet; nothing is shown before."))


def score_columns(call: Call) -> tuple[str, ...]:
    """`SCORES`; where there is a hearing, the stage before them."""
    return ("stage", *SCORES) if call.rule_set.has_hearing else SCORES


def score_table(call: Call) -> Iterator[tuple[str, ...]]:
    """Every leaf of every dossier under `score_columns`, experts by pseudonym; points with two
    decimals. Paper review first, then the hearing.
    """
    require_closed(call)
    if not call.rule_set.has_hearing:
        return scores.score_rows(call)
    return chain(
        ((str(Stage.PAPER.value), *row) for row in scores.score_rows(call)),
        ((str(Stage.HEARING.value), *row) for row in heard.hearing_rows(call)),
    )


def ranking_columns(call: Call, *, corrected: bool = False) -> tuple[str, ...]:
    """`RANKING`; where there is a hearing, the total of each stage before that of both; with what
    site checks corrected, `CORRECTED` behind.
    """
    before = RANKING.index("quality")
    stages = ("paper", "hearing") if call.rule_set.has_hearing else ()
    behind = (CORRECTED,) if corrected else ()
    return (*RANKING[:before], *stages, *RANKING[before:], *behind)


def ranking_table(call: Call, *, corrected: bool = False) -> list[dict[str, str]]:
    """The ranking that stands under `ranking_columns`.

    region: GB/T 2260 code; money: yuan, two decimals; `rank`, points and `awarded` are empty where
    there are none; `outcome`: what the funding list says, before there is one the ranking's own
    word; `corrected`: the figures that a site check corrected, with semicolons between them.
    """
    require_closed(call)
    ranking = call.rankings.order_by("-version").first()
    if ranking is None:
        raise WrongState(_("The ranking of this call has not been computed yet."))
    decided = outcomes.outcomes_of(call)
    has_hearing = call.rule_set.has_hearing
    rows = []
    entries = ranking.entries.select_related("application__region").defer("details")
    for entry in entries.annotate(
        site=KeyTransform("corrections", KeyTransform("site", "details"))
    ):
        outcome = decided.get(entry.application_id)
        rows.append(
            {
                "rank": "" if entry.rank is None else str(entry.rank),
                "application": entry.application.number or "",
                "region": entry.application.region.code,
                **(_stages(entry) if has_hearing else {}),
                "quality": _two(entry.quality),
                "employment": _two(entry.employment),
                "total": _two(entry.total),
                "requested": _two(entry.requested),
                "awarded": _two(outcome.awarded if outcome else None),
                "outcome": outcome.outcome if outcome else entry.state,
                **({CORRECTED: ";".join(sorted(entry.site or ()))} if corrected else {}),
            }
        )
    return rows


def _stages(entry: RankingEntry) -> dict[str, str]:
    """The total of each stage; empty where there is none."""
    told = entry.details["hearing"]
    return {
        "paper": (told["paper"] or {}).get("total", ""),
        "hearing": (told["points"] or {}).get("total", ""),
    }


def _two(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"
