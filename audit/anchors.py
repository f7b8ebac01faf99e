"""Anchors: the head of the chain, written outside the database.

A chain alone does not notice that its tail was cut off. So each run of the sealer appends one
line to a file: which log, how many seals, the last chain value, and an authentication code.
The file is safest on another machine, or append-only (`chattr +a`).
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from audit.digests import Keyed, dumps


@dataclass(frozen=True)
class Anchor:
    """After `position` seals the chain of this log had this value."""

    log_id: str
    position: int
    chain: str


def path() -> Path:
    return Path(settings.AUDIT_ANCHOR_FILE)


def keep(anchor: Anchor, key: Keyed) -> None:
    """Append the anchor, unless the last line says the same. Flushed to the disk."""
    line = _line(anchor, key)
    file = path()
    if _last_line(file) == line:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # One write of a short line in append mode: lines of two processes do not mingle.
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def read(log_id: str, key: Keyed) -> Iterator[Anchor | str]:
    """The anchors of this log, in the file's order; the text of a line that is not ours."""
    file = path()
    if not file.exists():
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            anchor = _parse(line.rstrip(b"\n"), key)
            if anchor is None:
                yield f"{file}:{number}"
            elif anchor.log_id == log_id:
                yield anchor


def _line(anchor: Anchor, key: Keyed) -> bytes:
    said = asdict(anchor)
    return dumps({**said, "mac": key.mac(dumps(said))})


def _parse(line: bytes, key: Keyed) -> Anchor | None:
    try:
        said = json.loads(line)
        anchor = Anchor(str(said["log_id"]), int(said["position"]), str(said["chain"]))
    except (ValueError, KeyError, TypeError):
        return None
    return anchor if _line(anchor, key) == line else None


def _last_line(file: Path) -> bytes:
    try:
        with file.open("rb") as lines:
            size = lines.seek(0, os.SEEK_END)
            lines.seek(max(0, size - 1000))
            return lines.read().rstrip(b"\n").rpartition(b"\n")[2]
    except FileNotFoundError:
        return b""
