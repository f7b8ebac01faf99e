"""Ranks from points, by the frozen rules of a call. Plain Python.

Order: total, then the tie keys of the call (就业贡献, net new jobs, 项目质量 unless set otherwise),
then a recorded joint decision. What is still equal shares its rank and is flagged: no accident of
storage or name decides between two firms. Ranks are competition ranks: 1, 2, 2, 4.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal

from reviews.scoring import Method, centre

Outcome = Literal["ranked", "below_floor", "vetoed", "not_scored"]
Order = Literal["asc", "desc"]

TIE_KEYS: Final = ("employment", "net_new_jobs", "quality")


@dataclass(frozen=True, slots=True)
class Rules:
    """What ranking obeys: the merit floor in points, and the tie keys in their order."""

    floor: Decimal = Decimal("60.00")
    tie_breaks: tuple[str, ...] = TIE_KEYS

    def __post_init__(self) -> None:
        unknown = set(self.tie_breaks) - set(TIE_KEYS)
        if unknown:
            raise ValueError(f"there are no tie keys named {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One dossier as it comes to the ranking. `total` None: too few scores count for it."""

    id: str
    total: Decimal | None
    employment: Decimal | None
    net_new_jobs: Decimal | int
    quality: Decimal | None
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """One dossier's place.

    `rank` is None unless the outcome is `ranked`. `decided_by` names the tie key, or "joint", that
    separated it from its equals in total; it is empty when the total alone did. `tied_with` lists
    those that share the rank; `joint_decision` says that one is needed to separate them.
    """

    entry: Entry
    rank: int | None
    outcome: Outcome
    decided_by: str = ""
    tied_with: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def total(self) -> Decimal | None:
        return self.entry.total

    @property
    def joint_decision(self) -> bool:
        return bool(self.tied_with)


def rank(entries: Iterable[Entry], rules: Rules, joint_order: Sequence[str] = ()) -> list[Ranked]:
    """All entries with their places: the ranked in order, then below the floor, not scored, vetoed.

    `joint_order` lists ids, best first, as joint decisions recorded them; it separates a group of
    equals only when it names every one of them. Raises ValueError when an id comes twice.
    """
    everyone = sorted(entries, key=lambda entry: entry.id)
    _refuse_repeats("entry", [entry.id for entry in everyone])
    _refuse_repeats("joint order", joint_order)
    by_outcome: dict[Outcome, list[Entry]] = {
        "ranked": [],
        "below_floor": [],
        "not_scored": [],
        "vetoed": [],
    }
    for entry in everyone:
        by_outcome[_outcome(entry, rules)].append(entry)
    result = _places(by_outcome.pop("ranked"), rules, joint_order)
    for outcome, group in by_outcome.items():
        ordered = sorted(group, key=lambda entry: _key(entry, rules), reverse=True)
        result += [Ranked(entry, None, outcome) for entry in ordered]
    return result


def panel_ranks(places: Iterable[Ranked], panel_of: Mapping[str, int]) -> dict[str, int]:
    """The place of every ranked dossier among its panel's own: one more than how many of them have
    a better rank. Whoever shares a rank shares it here.
    """
    found: dict[str, int] = {}
    passed: dict[int, int] = {}  # how many of a panel's own came before
    last: dict[int, tuple[int, int]] = {}  # the rank seen last in a panel, and its place there
    for place in places:
        if place.rank is not None:
            panel = panel_of[place.id]
            passed[panel] = passed.get(panel, 0) + 1
            if last.get(panel, (0, 0))[0] != place.rank:
                last[panel] = place.rank, passed[panel]
            found[place.id] = last[panel][1]
    return found


def _outcome(entry: Entry, rules: Rules) -> Outcome:
    if entry.vetoes:
        return "vetoed"
    if entry.total is None:
        return "not_scored"
    return "ranked" if entry.total >= rules.floor else "below_floor"


def _key(entry: Entry, rules: Rules) -> tuple[Decimal | int, ...]:
    """What is compared, greatest first. A value that is not there stands below every other."""
    values = [entry.total, *(getattr(entry, name) for name in rules.tie_breaks)]
    return tuple(Decimal(-1) if value is None else value for value in values)


def _places(entries: list[Entry], rules: Rules, joint_order: Sequence[str]) -> list[Ranked]:
    joint = {id_: place for place, id_ in enumerate(joint_order)}
    keyed = [(_key(entry, rules), entry) for entry in entries]
    keyed.sort(key=itemgetter(0), reverse=True)
    result: list[Ranked] = []
    for _, same_total in groupby(keyed, key=lambda pair: pair[0][0]):
        groups = [
            (key, [e for _, e in equals]) for key, equals in groupby(same_total, itemgetter(0))
        ]
        for n, (key, group) in enumerate(groups):
            beside = [groups[i][0] for i in (n - 1, n + 1) if 0 <= i < len(groups)]
            decided_by = _deciding_key(key, beside, rules)
            result += _group_places(group, len(result) + 1, decided_by, joint)
    return result


def _deciding_key(
    key: tuple[Decimal | int, ...], beside: Sequence[tuple[Decimal | int, ...]], rules: Rules
) -> str:
    """The last tie key that was needed to tell this one from all others of the same total: from the
    keys right before and behind it, for nothing in the order is more like it.
    """
    deepest = 0
    for rival in beside:
        both = zip(key, rival, strict=True)
        first = next(i for i, (mine, theirs) in enumerate(both) if mine != theirs)
        deepest = max(deepest, first)
    return rules.tie_breaks[deepest - 1] if deepest else ""


def _group_places(
    group: list[Entry], first: int, decided_by: str, joint: Mapping[str, int]
) -> list[Ranked]:
    """Places of entries that all keys leave equal."""
    if len(group) == 1:
        return [Ranked(group[0], first, "ranked", decided_by)]
    if all(entry.id in joint for entry in group):
        ordered = sorted(group, key=lambda entry: joint[entry.id])
        return [
            Ranked(entry, first + offset, "ranked", "joint") for offset, entry in enumerate(ordered)
        ]
    ids = [entry.id for entry in group]
    return [
        Ranked(entry, first, "ranked", decided_by, tuple(id_ for id_ in ids if id_ != entry.id))
        for entry in group
    ]


def _refuse_repeats(what: str, ids: Sequence[str]) -> None:
    repeated = (
        sorted({id_ for id_ in ids if ids.count(id_) > 1}) if len(set(ids)) < len(ids) else []
    )
    if repeated:
        raise ValueError(f"{what} given twice: {', '.join(repeated)}")


@dataclass(frozen=True, slots=True)
class TableRow:
    """An item of a plain table of scores; `value` is exact. Both are None without any score."""

    rank: int | None
    item: str
    value: Fraction | None
    n: int


def rank_table(
    rows: Iterable[tuple[str, str, Decimal | None]],
    order: Order = "desc",
    method: Method = "mean",
    trim_from: int = 5,
) -> list[TableRow]:
    """Items of a table (item, expert, score) by their aggregate, best first; equal values share a
    rank.

    None is a gap, never zero. `asc` ranks the lowest value first. Equals stand in the order in
    which they first came. Raises ValueError when an expert scored an item twice.
    """
    scores: dict[str, dict[str, Decimal | None]] = {}
    for item, expert, score in rows:
        given = scores.setdefault(item, {})
        if expert in given:
            raise ValueError(f"expert {expert} scored item {item} twice")
        given[expert] = score
    unranked = [_table_row(item, given, method, trim_from) for item, given in scores.items()]
    valued = [row for row in unranked if row.value is not None]
    sign = 1 if order == "asc" else -1
    valued.sort(key=lambda row: sign * (row.value or 0))
    ranked: list[TableRow] = []
    for _, equals in groupby(valued, key=lambda row: row.value):
        place = len(ranked) + 1
        ranked += [replace(row, rank=place) for row in equals]
    return ranked + [row for row in unranked if row.value is None]


def _table_row(
    item: str, given: Mapping[str, Decimal | None], method: Method, trim_from: int
) -> TableRow:
    values = [Fraction(score) for score in given.values() if score is not None]
    return TableRow(None, item, centre(values, method, trim_from), len(values))
