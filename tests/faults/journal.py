"""What was told to be done, and what nobody answered for: lines that outlive whoever wrote them."""

import json
import os
import threading
from pathlib import Path
from typing import Any

ACTS, POSTS, MAILS, DESKS = "acts.jsonl", "posts.jsonl", "mails.jsonl", "desks.json"
STOP = "stop"  # a file of this name ends the web clients

ACKNOWLEDGED = "acknowledged"
ABSENT = "absent"  # nobody answered; looked for and not found
WHOLE = "whole"  # nobody answered; looked for and found
UNKNOWN = "unknown"  # nobody answered; the end tells


class Journal:
    """Appends lines, each on the disk before the next act."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, **line: Any) -> None:
        with self.lock:
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())


def lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Tally:
    """Counts the whole lines of a journal while others write it."""

    def __init__(self, path: Path) -> None:
        self.path, self.read, self.count = path, 0, 0

    def __call__(self) -> int:
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.read)
                new = file.read()
            self.read += len(new)
            self.count += new.count(b"\n")
        return self.count
