"""申请回避: whom the firms of a call named, which experts they are, and namesakes to decide on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from applications.models import Call, CallStatus
from audit.refusals import Refused
from reviews.forms.panels import NamedForm
from reviews.rules import other_part, standing
from reviews.selectors import draws as drawing
from reviews.selectors import naming as reading
from reviews.services.naming import decide_named
from reviews.views.office import WATCHERS, acts_in, add_refusal, call_of, frame, posted

PER_PAGE = 50


@login_required
@require_safe
def named(request: SignedInRequest, number: str) -> HttpResponse:
    """Everybody whom firms of the call named, dossier by dossier, and whom of the pool they are."""
    call = call_of(request, number, *WATCHERS)
    shared = frame(request, call, "named")
    found = _namings(call)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **shared,
        "page": page,
        "rows": [_row(naming) for naming in page],
        "undecided": sum(match.undecided for naming in found for match in naming.matches),
        "changeable": acts_in(request, call)
        and shared["draw"] is None
        and call.status == CallStatus.SCREENED,
        "nav_current": "reviews:panels",
    }
    return render(request, "reviews/named.html", context)


def _namings(call: Call) -> list[reading.Naming]:
    dossiers = list(reading.with_named(standing(call)).select_related("firm").order_by("number"))
    return reading.namings(dossiers, drawing.candidates(call))


def _row(naming: reading.Naming) -> dict[str, Any]:
    return {
        "application": naming.application,
        "person": naming.person,
        "matches": [
            {"match": match, "expert": match.expert, "employer": match.expert.employer.name}
            for match in naming.matches
        ],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, number: str, pk: int, pseudonym: str) -> HttpResponse:
    """Whether the person named is this expert, whose employer is another one."""
    call = call_of(request, number, Role.PROGRAMME_OFFICER)
    application = get_object_or_404(
        reading.with_named(standing(call)).select_related("firm"), pk=pk
    )
    pairs = (
        (naming.person, match)
        for naming in reading.namings([application], drawing.candidates(call))
        for match in naming.matches
    )
    found = next(((p, m) for p, m in pairs if m.expert.pseudonym == pseudonym), None)
    if found is None:
        raise Http404
    person, match = found
    closed = other_part(call) or reading.obstacle(call, application, match)
    form = NamedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            decide_named(
                application=application,
                expert=match.expert,
                same=form.cleaned_data["same"] == "yes",
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused, drawn_again=not closed)
        else:
            messages.success(request, _("Decided and recorded."))
            return redirect("reviews:named", number=number)
    context = {
        "call": call,
        "application": application,
        "person": person,
        "match": match,
        "closed": closed,
        "form": form,
        "nav_current": "reviews:panels",
    }
    return render(
        request, "reviews/named_decide.html", context, status=422 if form.is_bound else 200
    )
