"""How sure a ranking is: for the office only, advisory, and still being computed at first."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from reviews.models import Panel, Ranking, RankingEntry
from reviews.selectors import exports
from reviews.selectors import rankings as ranked
from reviews.selectors.certainty import progress_of, unheard_titles
from reviews.views import certainty_page
from reviews.views.office import READERS, call_of, frame


@login_required
@require_safe
def certainty(request: SignedInRequest, number: str) -> HttpResponse:
    """Agreement, severity, weights, people, expected ranks; the page asks again until it is
    there.
    """
    call = call_of(request, number, *READERS)
    found = None if call.status in exports.BEFORE_THE_LOCK else ranked.latest(call)
    if found is None:
        raise Http404
    entries = ranked.entries_of(found)
    # With a hearing the paper review is told whole: with who was not heard.
    has_hearing = call.rule_set.has_hearing
    panels = list(call.panels.order_by("number")) if has_hearing else panels_of(entries)
    titles = unheard_titles(call) if has_hearing else {}
    context = {
        **frame(request, call, "ranking"),
        "ranking": found,
        **signals(found, entries, panels, titles),
        "nav_current": "reviews:ranking_list",
    }
    return render(request, "reviews/certainty.html", context)


def panels_of(entries: Iterable[RankingEntry]) -> list[Panel]:
    """The panels that a ranking's entries come from, by number."""
    found = {entry.panel: entry.application.place.panel for entry in entries}
    return [found[number] for number in sorted(found)]


def signals(
    found: Ranking,
    entries: list[RankingEntry],
    panels: list[Panel],
    titles: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The analysis for reading, or how far it is. One query."""
    progress = progress_of(found)
    if progress.analysis is None:
        return {"progress": progress, "analysis": None, "sure": None}
    sure = certainty_page.page(progress.analysis.data, entries, panels, titles)
    return {"progress": progress, "analysis": progress.analysis, "sure": sure}
