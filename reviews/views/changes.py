"""What changed between two versions of a ranking, for its page."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from reviews.models import Ranking
from reviews.office_words import ENTRY_STATES
from reviews.selectors.versions import Change, Place, changes_since
from reviews.site_words import corrections_shown, veto_words


def changes_shown(ranking: Ranking, entries: Sequence[Any]) -> dict[str, Any] | None:
    """Dossiers with a cause of their own, and how many others moved past them; None for a first
    version.
    """
    if ranking.version == 1:
        return None
    found = changes_since(ranking, entries)
    return {
        "before": ranking.version - 1,
        "causes": [_row(ranking, change) for change in found if change.is_cause],
        "moved": [_row(ranking, change) for change in found if not change.is_cause],
    }


def _row(ranking: Ranking, change: Change) -> dict[str, Any]:
    veto = change.site.get("veto", "")
    why = [veto_words(ranking.call, veto)] if veto else []
    if change.by_decision:
        why.append(_("joint decision"))
    if change.site and not change.site["corrections"] and not veto:
        why.append(_("another check found the dossier's figures right"))
    return {
        "application": change.entry.application,
        "before": _place(change.before),
        "after": _place(change.after),
        "corrections": corrections_shown(change.site),
        "why": why,
    }


def _place(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"rank": "", "total": None}
    return {
        "rank": place.rank if place.rank is not None else ENTRY_STATES[place.state],
        "total": place.total,
    }
