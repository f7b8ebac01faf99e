"""What changed between a ranking and the version before it, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from reviews.models import Ranking, RankingEntry


@dataclass(frozen=True, slots=True)
class Place:
    """Rank, total and state of a dossier in one version."""

    rank: int | None
    total: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class Change:
    """A dossier whose place differs. site: what a site check found that the version before did not
    know, as the ranking keeps it, {} if nothing; by_decision: a joint decision has set it apart.
    """

    entry: Any
    before: Place | None
    after: Place
    site: dict[str, Any]
    by_decision: bool

    @property
    def is_cause(self) -> bool:
        """Whether something of its own changed; the others only moved past it."""
        return bool(self.site) or self.by_decision


def changes_since(ranking: Ranking, entries: Sequence[Any]) -> list[Change]:
    """Changes against the version before, in the ranking's order, those with a cause of their own
    first. Takes what `rankings.entries_of` gives. One query; none for a first version.
    """
    if ranking.version == 1:
        return []
    earlier = RankingEntry.objects.filter(
        ranking__call=ranking.call_id, ranking__version=ranking.version - 1
    )
    before = {
        pk: (Place(rank, total, state), site or {}, decided)
        for pk, rank, total, state, site, decided in earlier.values_list(
            "application_id",
            "rank",
            "total",
            "state",
            KeyTransform("site", "details"),
            KeyTextTransform("decided_by", "details"),
        )
    }
    found = [_change(entry, *before.get(entry.application_id, (None, {}, ""))) for entry in entries]
    changed = [change for change in found if change.is_cause or change.before != change.after]
    return sorted(changed, key=lambda change: not change.is_cause)


def _change(entry: Any, old: Place | None, site: dict[str, Any], decided: str) -> Change:
    now = entry.site or {}
    return Change(
        entry=entry,
        before=old,
        after=Place(entry.rank, entry.total, entry.state),
        site=now if now.get("digest") != site.get("digest") else {},
        by_decision=entry.decided == "joint" and decided != "joint",
    )
