"""The chain of seals, link by link, and the anchors outside the database."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from audit import anchors, rows
from audit.anchors import Anchor
from audit.digests import Keyed
from audit.findings import Finding
from audit.models import Installation

ROWS_AT_ONCE = 5000
CHAIN = """
SELECT position, event_id, digest, fields, sealed_at, chain FROM audit_seal ORDER BY position
"""


@dataclass
class Walk:
    """What was met on the way along the chain."""

    seals: int = 0
    anchors: int = 0
    bad_lines: list[str] = field(default_factory=list)
    said: dict[int, set[str]] = field(default_factory=dict)


def check(key: Keyed, installation: Installation | None, walk: Walk) -> Iterator[Finding]:
    """Name every seal that is altered, missing or added, and every anchor that disagrees."""
    log_id = "" if installation is None else str(installation.log_id)
    _read_anchors(key, log_id, walk)
    is_rehearsal = installation is not None and installation.is_rehearsal
    trusted = {rows.genesis(key, log_id, is_rehearsal=is_rehearsal)}
    last = 0
    for seal, chain in _seals():
        walk.seals += 1
        if seal.position != last + 1:
            yield _gap(last + 1, seal.position - 1)
            good = {chain}
        else:
            good = {seal.after(key, before) for before in trusted}
        if walk.seals == 1 and chain not in good:
            other = rows.genesis(key, log_id, is_rehearsal=not is_rehearsal)
            if chain == seal.after(key, other):
                yield _marked_anew()
                good = {chain}
        if chain not in good:
            yield _altered(seal)
        elif walk.said.get(seal.position, {chain}) != {chain}:
            yield _rewritten(seal.position)
        # An altered seal leaves two guesses at what its chain value was; the next one decides.
        trusted = {chain} if chain in good else good | {chain}
        last = seal.position
    yield from _ends(walk, last)


def _read_anchors(key: Keyed, log_id: str, walk: Walk) -> None:
    """Before the chain is read: an anchor is never ahead of what was committed before it."""
    for anchor in anchors.read(log_id, key):
        if isinstance(anchor, Anchor):
            walk.anchors += 1
            walk.said.setdefault(anchor.position, set()).add(anchor.chain)
        else:
            walk.bad_lines.append(anchor)


def _seals() -> Iterator[tuple[rows.Link, str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAIN)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            for *link, chain in batch:
                yield rows.Link(*link), chain


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


def _altered(seal: rows.Link) -> Finding:
    line = _("seal %(seal)s of event %(event)s: altered, or the seals before it were") % {
        "seal": seal.position,
        "event": seal.event_id,
    }
    return Finding("altered", f"seal {seal.position}", line)


def _rewritten(position: int) -> Finding:
    line = _("seal %s: an anchor says otherwise; the chain was cut and written anew") % position
    return Finding("anchor", f"seal {position}", line)


def _marked_anew() -> Finding:
    line = _("installation: altered: whether this database is a rehearsal's")
    return Finding("altered", "installation", line)
