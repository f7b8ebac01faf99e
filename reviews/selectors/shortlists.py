"""The shortlist that the locked paper sheets give, and a stored one beside it; nothing is
written.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from applications.models import Call
from audit.digests import dumps, sm3
from reviews import hearing
from reviews import ranking as rank_rules
from reviews.draw.protocol import hearing_order
from reviews.models import Shortlist, ShortlistEntry
from reviews.selectors.recomputed import competing_of
from reviews.selectors.scores import Scored, score_all

POINTS = ("total", "quality", "employment")


def drawn_up(call: Call, seed: str, as_of: datetime | None = None) -> list[ShortlistEntry]:
    """The shortlist by the call's frozen rules, its order from the seed, hex; nothing is stored.
    `as_of`: with the sheets voided since then. Five queries.
    """
    rules = call.rule_set
    scored = {str(row.application.pk): row for row in score_all(call, as_of)}
    places = rank_rules.rank(
        [competing_of(pk, row, rules.min_scores) for pk, row in scored.items()],
        rank_rules.Rules(floor=rules.floor, tie_breaks=rules.ties),
    )
    requested = {pk: row.application.requested or Decimal(0) for pk, row in scored.items()}
    times = rules.hearing_times if rules.hearing_shortlist == "times" else None
    states = hearing.shortlist(places, requested, call.envelope, times)
    order = _order(
        bytes.fromhex(seed), [scored[pk] for pk, state in states.items() if state == "shortlisted"]
    )
    entries = []
    for place in places:
        row = scored[place.id]
        points = row.points if place.outcome != "not_scored" else None
        at, key = order.get(row.application.pk, (None, ""))
        entries.append(
            ShortlistEntry(
                application=row.application,
                panel=row.panel,
                rank=place.rank,
                state=states[place.id],
                place=at,
                key=key,
                **{name: getattr(points, name, None) for name in POINTS},
            )
        )
    return entries


def _order(seed: bytes, rows: Sequence[Scored]) -> dict[int, tuple[int, str]]:
    """Application → its place at its panel's hearing, from 1, and the key that put it there."""
    panels: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        panels[row.panel.number][row.application.number or ""] = row.application.pk
    return {
        pks[number]: (place, key.hex())
        for panel, pks in panels.items()
        for place, (key, number) in enumerate(hearing_order(seed, str(panel), pks), start=1)
    }


def is_in_order(stored: Shortlist) -> bool:
    """Whether the stored places are those that the draw's seed gives, keys included. Needs the
    entries with application and panel, and the draw.
    """
    listed: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for row in stored.entries.all():
        if row.place is not None:
            listed[str(row.panel.number)][row.place] = (row.key, row.application.number or "")
    seed = bytes.fromhex(stored.draw.seed)
    return all(
        [places[place] for place in sorted(places)]
        == [(key.hex(), name) for key, name in hearing_order(seed, panel, _names(places))]
        and sorted(places) == list(range(1, len(places) + 1))
        for panel, places in listed.items()
    )


def _names(places: dict[int, tuple[str, str]]) -> list[str]:
    return [name for _key, name in places.values()]


def digest_of(entries: Sequence[ShortlistEntry]) -> str:
    """SM3 over the shortlist's substance, by number."""
    rows = sorted((_substance(entry) for entry in entries), key=lambda row: row["application"])
    return sm3(dumps(rows))


def _substance(entry: ShortlistEntry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "application": entry.application.number or "",
        "panel": entry.panel.number,
        "rank": entry.rank,
        "state": entry.state,
        "place": entry.place,
        "key": entry.key,
    }
    for name in POINTS:
        value = getattr(entry, name)
        found[name] = None if value is None else f"{value:.2f}"
    return found


def differences(stored: Shortlist) -> Iterator[str]:
    """A line for each dossier that the paper sheets would place otherwise, for a terminal."""
    rows = stored.entries.select_related("application", "panel")
    before = {row.application.number or "": _substance(row) for row in rows}
    now = drawn_up(stored.call, stored.draw.seed, stored.made_at)
    after = {row.application.number or "": _substance(row) for row in now}
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number), after.get(number)
        if old != new:
            yield f"{number}: on the shortlist {_told(old)}; recomputed {_told(new)}"


def _told(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not at all"
    place = "no place" if row["place"] is None else f"place {row['place']}"
    return f"{row['state']}, {place}, total {row['total']}"
