"""A stored ranking beside the one that the locked scores give now; nothing is written."""

from collections.abc import Iterator, Sequence

from reviews.models import Ranking, RankingEntry

PLACE = ("rank", "total", "state")  # told by value; of everything else the name is enough
REST = ("quality", "employment", "net_new_jobs", "requested", "scores", "tied", "details")


def differences(stored: Ranking, now: Sequence[RankingEntry]) -> Iterator[str]:
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


def _differ(old: RankingEntry, new: RankingEntry, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _told(entry: RankingEntry | None) -> str:
    if entry is None:
        return "not at all"
    rank = "no rank" if entry.rank is None else f"rank {entry.rank}"
    total = "no total" if entry.total is None else f"total {entry.total:.2f}"
    return f"{rank}, {total}, {entry.state}"
