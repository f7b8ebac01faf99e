"""What is open and how programs ask for it: a page for people, a description for programs."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import conditional_page, require_safe

from accounts.http import PageRequest
from accounts.rules import may_hold_tokens
from opendata.description import PLACE, document, operations
from opendata.paging import Pages
from portal.selectors import results


@require_safe
def about(request: PageRequest) -> HttpResponse:
    """The files of awards, and the addresses of the API with what each answers."""
    context = {
        "calls": list(results.calls_with_results()),
        "operations": operations(_language()),
        "place": request.build_absolute_uri(PLACE),
        "description": request.build_absolute_uri(reverse("opendata:description")),
        "rows": Pages.page_size,
        "rates": settings.OPEN_DATA_RATES,
        "holds_tokens": may_hold_tokens(request.user),
    }
    return render(request, "opendata/about.html", context)


@require_safe
def root(request: PageRequest) -> HttpResponse:
    """The address that everything of the API begins with: the page that says what is below it."""
    return redirect("opendata:about")


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@require_safe
@conditional_page
def description(request: PageRequest) -> HttpResponse:
    """OpenAPI 3.1, its words in the reader's language."""
    return JsonResponse(document(_language()), json_dumps_params={"ensure_ascii": False})
