"""How one dossier came to its points and its rank: for the office, and for the firm its own."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_role
from applications import stages
from applications.models import Application, Call
from applications.rules import RESULTS_OUT, acts_for_firm
from reviews.models import RankingEntry
from reviews.selectors import exports
from reviews.selectors import rankings as ranked
from reviews.selectors.unheard import unheard_entry
from reviews.views.entry_page import page
from reviews.views.office import READERS, call_of, frame


@login_required
@require_safe
def entry(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """For the office, from the ranking on: every expert by pseudonym."""
    call = call_of(request, number, *READERS)
    found = None if call.status in exports.BEFORE_THE_LOCK else _entry_of(call, pk)
    if found is None:
        raise Http404
    return _shown(request, found, named=True, **frame(request, call, "ranking"))


@login_required
@require_safe
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """For the firm's own people, once the public notice is out; experts by number only."""
    application = get_object_or_404(Application.objects.select_related("call__scheme"), pk=pk)
    if application.call.status not in RESULTS_OUT or not acts_for_firm(request.user, application):
        raise Http404
    found = _entry_of(application.call, pk)
    if found is None:
        raise Http404
    steps = stages.rail(application.call, request.clock.now)
    return _shown(request, found, named=False, call=application.call, steps=steps)


def _entry_of(call: Call, pk: int) -> RankingEntry | None:
    """The dossier's entry in the ranking, or what the paper review made of it off the shortlist."""
    return ranked.entry_of(call, pk) or unheard_entry(call, pk)


def _shown(
    request: SignedInRequest, found: RankingEntry, *, named: bool, **more: object
) -> HttpResponse:
    sheet = ranked.sheet_for(found.application)
    if sheet is None:
        raise Http404
    nav = "reviews:ranking_list" if named else "applications:dossier_list"
    # A statement is of an entry of the ranking; who was not heard has none.
    given = found.application.call.status in RESULTS_OUT and "paper_rank" not in found.details
    context = {
        **more,
        **page(found, sheet, named=named),
        "statements": ranked.statements_of(found) if given else [],
        "may_issue": given and (not named or has_role(request.user, Role.PROGRAMME_OFFICER)),
        "nav_current": nav,
    }
    return render(request, "reviews/ranking_entry.html", context)
