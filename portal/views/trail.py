"""The audit trail: the list, one event, and its verification."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from audit import selectors
from audit.models import Event, Seal
from notifications.selectors import last_job
from portal.event_rows import (
    action_words,
    change_rows,
    event_row,
    is_secret,
    may_read_facts,
    role_words,
    secret_events,
)
from portal.forms.trail import TrailForm
from portal.services.verification import TASK, reading_role, request_verification

PAGE = 50
LAST_RUNS = 10


@require_safe
@login_required
def trail(request: SignedInRequest) -> HttpResponse:
    role = reading_role(request.user)
    secret = secret_events(role)
    actions = [(action, action_words(action)) for action in selectors.actions(secret=secret)]
    form = TrailForm(request.GET or None, actions=actions)
    filters = form.filters() if form.is_valid() else selectors.TrailFilters()
    page = Paginator(selectors.trail(filters, secret=secret), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [event_row(event, role) for event in page],
        "form": form,
        "seal": selectors.seal_state(),
        "is_administrator": role == Role.AUDIT_ADMIN,
    }
    return render(request, "portal/trail.html", context)


@require_safe
@login_required
def event(request: SignedInRequest, pk: int) -> HttpResponse:
    role = reading_role(request.user)
    found = get_object_or_404(Event, pk=pk)
    secret, open_to_role = is_secret(found, role), may_read_facts(found, role)
    near = Event.objects.filter(object_type=found.object_type, object_id=found.object_id)
    history = near.order_by("id")[:PAGE] if found.object_id and not secret else []
    context = {
        "event": found,
        "row": event_row(found, role),
        "role_label": "" if secret else role_words(found.role),
        "is_secret": secret,
        "is_open": open_to_role,
        "changes": change_rows(found) if open_to_role else [],
        "seal": Seal.objects.filter(event_id=found.pk).first(),
        "history": [event_row(other, role) for other in history],
    }
    return render(request, "portal/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def verification(request: SignedInRequest) -> HttpResponse:
    reading_role(request.user)
    if request.method == "POST":
        request_verification(by=request.user)
        return redirect("portal:verification")
    runs = list(selectors.trail(selectors.TrailFilters(action="audit.verify"))[:LAST_RUNS])
    context = {
        "runs": runs,
        "last": runs[0] if runs else None,
        "job": last_job(TASK),
        "seal": selectors.seal_state(),
    }
    return render(request, "portal/verification.html", context)
