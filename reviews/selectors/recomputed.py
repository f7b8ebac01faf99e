"""The ranking that the locked scores give now, and a stored one beside it; nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from applications.models import Application, Call
from audit.digests import canonical_text, sm3
from reviews import ranking as rank_rules
from reviews.many_rows import uncollected
from reviews.models import Ranking, RankingEntry
from reviews.scoring import half_up
from reviews.selectors.heard import heard
from reviews.selectors.scores import Scored, score_all

STATES = {
    "ranked": "ranked",
    "below_floor": "below_floor",
    "vetoed": "vetoed",
    "not_scored": "too_few",
}
PLACE = ("rank", "total", "state")  # told by value; of everything else the name is enough
REST = (
    "quality",
    "employment",
    "net_new_jobs",
    "requested",
    "scores",
    "tied",
    "panel",
    "panel_rank",
    "industry",
    "prefecture",
    "details",
)


DECIMALS = ("total", "quality", "employment", "net_new_jobs", "requested")
SUBSTANCE = (*PLACE, *REST)
PLAIN = tuple(name for name in SUBSTANCE if name != "details")


@dataclass(slots=True)
class Placed:
    """What a `RankingEntry` holds of a dossier, not stored: ten thousand models cost more than
    ranking them.
    """

    application: Application
    rank: int | None
    state: str
    total: Decimal | None
    quality: Decimal | None
    employment: Decimal | None
    net_new_jobs: Decimal
    requested: Decimal
    scores: int
    tied: bool
    panel: int
    panel_rank: int | None
    industry: str
    prefecture: str
    details: dict[str, Any]

    @property
    def application_id(self) -> int:
        return self.application.pk


Entry = RankingEntry | Placed


def differences(stored: Ranking, now: Sequence[Placed]) -> Iterator[str]:
    """A line for each dossier that differs, by number, for a terminal. One query."""
    entries = stored.entries.select_related("application")
    before = {entry.application.number or "": entry for entry in entries}
    after = {entry.application.number or "": entry for entry in now}
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number), after.get(number)
        if old is None or new is None or _differ(old, new, PLACE):
            yield f"{number}: stored {_told(old)}; recomputed {_told(new)}"
        elif others := _differ(old, new, REST):
            yield f"{number}: the same place, but not the same {', '.join(others)}"


def _differ(old: Entry, new: Entry, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _told(entry: Entry | None) -> str:
    if entry is None:
        return "not at all"
    rank = "no rank" if entry.rank is None else f"rank {entry.rank}"
    total = "no total" if entry.total is None else f"total {entry.total:.2f}"
    return f"{rank}, {total}, {entry.state}"


@uncollected()
def rank_call(call: Call) -> list[Placed]:
    """The ranking recomputed from locked scores and recorded joint decisions; nothing is
    written.
    """
    rules = call.rule_set
    rows = heard(call) if rules.has_hearing else score_all(call)
    scored = {str(row.application.pk): row for row in rows}
    competing = [competing_of(pk, row, rules.min_scores) for pk, row in scored.items()]
    ranked = rank_rules.rank(
        competing, rank_rules.Rules(floor=rules.floor, tie_breaks=rules.ties), _joint_order(call)
    )
    own = rank_rules.panel_ranks(ranked, {pk: row.panel.number for pk, row in scored.items()})
    return [_placed(place, scored[place.id], own.get(place.id)) for place in ranked]


def competing_of(pk: str, row: Scored, min_scores: int) -> rank_rules.Entry:
    """A scored dossier as it comes to a ranking."""
    points = row.points
    return rank_rules.Entry(
        id=pk,
        total=points.total if points is not None and row.n >= min_scores else None,
        employment=points.employment if points is not None else None,
        net_new_jobs=row.jobs,
        quality=points.quality if points is not None else None,
        vetoes=tuple(row.details["vetoes"]),
    )


def _joint_order(call: Call) -> list[str]:
    """Ids of tied dossiers in the order confirmed; what a later decision says of one counts."""
    order: list[str] = []
    for decision in call.joint_decisions.filter(confirmed_at__isnull=False).order_by(
        "confirmed_at", "pk"
    ):
        named = [str(pk) for pk in decision.order]
        order = [pk for pk in order if pk not in named] + named
    return order


def _placed(ranked: rank_rules.Ranked, row: Scored, panel_rank: int | None) -> Placed:
    points = row.points if ranked.outcome != "not_scored" else None
    application = row.application
    return Placed(
        application=application,
        rank=ranked.rank,
        panel=row.panel.number,
        panel_rank=panel_rank,
        industry=application.branch or "",  # type: ignore[attr-defined]  # of `score_all`
        prefecture=application.line,  # type: ignore[attr-defined]  # as above
        state=STATES[ranked.outcome] if row.came else "absent",
        total=points.total if points is not None else None,
        quality=points.quality if points is not None else None,
        employment=points.employment if points is not None else None,
        net_new_jobs=half_up(row.jobs),
        requested=application.requested or Decimal(0),
        scores=row.n,
        tied=ranked.joint_decision,
        details=row.details
        | {"decided_by": ranked.decided_by, "tied_with": [int(i) for i in ranked.tied_with]},
    )


@uncollected()
def grounds_of(entries: Sequence[Entry]) -> list[str]:
    """The details of each as canonical JSON: most of what a digest is of, and of what is stored."""
    return [canonical_text(entry.details) for entry in entries]


@uncollected()
def digest_of(entries: Sequence[Entry], grounds: Sequence[str] | None = None) -> str:
    """SM3 over the ranking's substance, in rank order, then by number. `grounds`: those of
    `grounds_of`, where they are at hand.
    """
    ordered = sorted(
        zip(entries, grounds or grounds_of(entries), strict=True),
        key=lambda pair: (
            pair[0].rank is None,
            pair[0].rank or 0,
            pair[0].application.number or "",
        ),
    )
    return sm3(f"[{','.join(_substance(*pair) for pair in ordered)}]".encode())


def _substance(entry: Entry, grounds: str) -> str:
    """Canonical JSON. Points and sums with two decimals, as rows keep them; everything else is JSON
    already.
    """
    found: dict[str, object] = {name: getattr(entry, name) for name in PLAIN}
    for name in DECIMALS:
        found[name] = None if found[name] is None else f"{found[name]:.2f}"
    number = canonical_text(entry.application.number)
    # No name comes before these two in the order of keys.
    return f'{{"application":{number},"details":{grounds},{canonical_text(found)[1:]}'
