"""Why each pair of a draw is barred: the supervisor's to read, never published."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from reviews.models import Draw
from reviews.office_words import ground_words
from reviews.selectors.draws import grounds_hold
from reviews.views.office import guard

PER_PAGE = 50


@login_required
@require_safe
def grounds(request: SignedInRequest, number: str) -> HttpResponse:
    """The grounds as they were frozen, and whether they are those that the input binds."""
    guard(request, Role.SUPERVISOR)
    row = get_object_or_404(Draw.objects.select_related("call"), number=number)
    page = Paginator(row.grounds, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "draw": row,
        "page": page,
        "rows": [{**pair, "words": ground_words(pair["ground"])} for pair in page],
        "holds": grounds_hold(row),
        "digest": row.input["grounds"],
        "back": reverse("reviews:draw", args=[number]),
        "nav_current": "reviews:draws",
    }
    return render(request, "reviews/draw_grounds.html", context)
