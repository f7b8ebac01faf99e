"""Secretaries for all projects that wait, at once: what would follow, then the act."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from audit.refusals import WrongState
from secretaries.selectors.batching import plan
from secretaries.services import batches
from secretaries.views.board import lead_only
from secretaries.wording import gap_text

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: SignedInRequest) -> HttpResponse:
    """Who would get what; a post with the `seen` outcome appoints."""
    lead_only(request)
    if request.method == "POST" and (seen := request.POST.get("seen", "")):
        return _appoint(request, seen)
    found = plan(request.clock.today)
    context = {
        "plan": found,
        "page": Paginator(found.takers, PAGE_SIZE).get_page(request.GET.get("page")),
        "left": [(row, gap_text(counts)) for row, counts in found.left[:PAGE_SIZE]],
        "more_left": max(0, len(found.left) - PAGE_SIZE),
    }
    return render(request, "secretaries/together.html", context)


def _appoint(request: SignedInRequest, seen: str) -> HttpResponse:
    try:
        made = batches.appoint_many(seen=seen, by=request.user)
    except WrongState as refused:
        messages.warning(request, str(refused.message))
        return redirect("secretaries:together")
    messages.success(
        request,
        _("Projects that now have a secretary: %(n)s. All have been told.") % {"n": len(made)},
    )
    return redirect("secretaries:board")
