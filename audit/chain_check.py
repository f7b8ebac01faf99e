"""The chain of seals, link by link, and the anchors outside the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from audit import anchors, rows
from audit.anchors import Anchor
from audit.digests import Keyed
from audit.findings import Finding

ROWS_AT_ONCE = 5000
CHAIN = "SELECT position, event_id, digest, chain FROM audit_seal ORDER BY position"


class Row(NamedTuple):
    """One seal as it stands in the database."""

    position: int
    event_id: int
    digest: str
    chain: str


@dataclass
class Walk:
    """What was met on the way along the chain."""

    seals: int = 0
    anchors: int = 0
    bad_lines: list[str] = field(default_factory=list)
    said: dict[int, set[str]] = field(default_factory=dict)


def check(key: Keyed, log_id: str, walk: Walk) -> Iterator[Finding]:
    """Name every seal that is altered, missing or added, and every anchor that disagrees."""
    # Read before the chain: an anchor is never ahead of what was committed before it.
    for anchor in anchors.read(log_id, key):
        if isinstance(anchor, Anchor):
            walk.anchors += 1
            walk.said.setdefault(anchor.position, set()).add(anchor.chain)
        else:
            walk.bad_lines.append(anchor)
    last = 0
    trusted = {rows.genesis(key, log_id)}
    for seal in _seals():
        walk.seals += 1
        if seal.position != last + 1:
            yield _gap(last + 1, seal.position - 1)
            good = {seal.chain}
        else:
            good = {
                rows.link(key, before, seal.position, seal.event_id, seal.digest)
                for before in trusted
            }
        intact = seal.chain in good
        if not intact:
            yield _altered(seal)
        elif disagreeing := walk.said.get(seal.position, set()) - {seal.chain}:
            yield _rewritten(seal.position, len(disagreeing))
        # An altered seal leaves two guesses at what its chain value was; the next one decides.
        trusted = {seal.chain} if intact else good | {seal.chain}
        last = seal.position
    yield from _ends(walk, last)


def _seals() -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAIN)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield from map(Row._make, batch)


def _ends(walk: Walk, last: int) -> Iterator[Finding]:
    for line in walk.bad_lines:
        yield Finding("anchor", line, _("anchor %s: this line is not ours") % line)
    furthest = max(walk.said, default=0)
    if furthest > last:
        what = _(
            "seals %(first)s to %(last)s: missing; they were anchored, the tail is cut off"
        ) % {
            "first": last + 1,
            "last": furthest,
        }
        yield Finding("missing", f"seals {last + 1}-{furthest}", what)
    if walk.seals and not walk.anchors:
        what = _("anchor %s: missing; nothing outside the database vouches for the tail")
        yield Finding("anchor", str(anchors.path()), what % anchors.path())


def _gap(first: int, last: int) -> Finding:
    line = _("seals %(first)s to %(last)s: missing, with the events they sealed") % {
        "first": first,
        "last": last,
    }
    return Finding("missing", f"seals {first}-{last}", line)


def _altered(seal: Row) -> Finding:
    line = _("seal %(seal)s of event %(event)s: altered, or the seals before it were") % {
        "seal": seal.position,
        "event": seal.event_id,
    }
    return Finding("altered", f"seal {seal.position}", line)


def _rewritten(position: int, times: int) -> Finding:
    line = _("seal %s: an anchor says otherwise; the chain was cut and written anew") % position
    return Finding("anchor", f"seal {position}", line)
