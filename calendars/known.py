"""The years that come with the release. No Django."""

import csv
from datetime import date
from pathlib import Path

from calendars.holidays import NoticeDay

FILE = Path(__file__).parent / "data" / "exceptions_2023_2026.csv"


def years() -> dict[int, tuple[str, list[NoticeDay]]]:
    """Year → number of the State Council's notice, and the days it sets apart."""
    found: dict[int, tuple[str, list[NoticeDay]]] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["date"])
            entry = NoticeDay(day, row["kind"] == "work", row["holiday"], row["name"])
            found.setdefault(day.year, (row["source_no"], []))[1].append(entry)
    return found
