"""Fair-competition reviews of a scheme (公平竞争审查)."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest, form_token
from applications import rules
from applications.forms.calls import CompetitionReviewForm
from applications.models import FairCompetitionReview, Scheme
from applications.selectors.calls import competition_reviews_of
from applications.services import competition as acts
from audit.once import once
from audit.refusals import NotPermitted, NotVisible, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: SignedInRequest, code: str) -> HttpResponse:
    """The scheme's reviews and, for a programme officer, a form to record the next."""
    if not rules.may_read_draft_calls(request.user):
        raise NotVisible
    scheme = get_object_or_404(Scheme, code=code)
    may_write = rules.may_write_call(request.user)
    if request.method == "POST" and not may_write:
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
    form = CompetitionReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act = partial(
                acts.record_competition_review,
                scheme=scheme,
                by=request.user,
                **form.cleaned_data,
            )
            once(FairCompetitionReview, form_token(request), act)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The review is recorded."))
            return redirect("applications:competition_reviews", code)
    today = request.clock.today
    rows = [{"review": r, "in_force": r.in_force(today)} for r in competition_reviews_of(scheme)]
    context = {
        "scheme": scheme,
        "form": form,
        "rows": rows,
        "may_write": may_write,
        "nav_current": "applications:call_list",
    }
    return render(request, "applications/competition_reviews.html", context)
