"""Programme officer: the list of dossiers to screen."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.selectors import recommending_regions
from applications.forms.screening import ScreeningFilter
from applications.models import Application
from applications.selectors import screening as reading
from applications.selectors.recommendation import calls_to_recommend, with_open_correction
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted

PAGE_SIZE = 50


def require_officer(request: SignedInRequest) -> User:
    user = request.user
    if not has_role(user, Role.PROGRAMME_OFFICER):
        raise NotPermitted(_("Only a programme officer screens dossiers."))
    return user


@login_required
@require_safe
def dossiers(request: SignedInRequest) -> HttpResponse:
    """Every recommended dossier, by call, region and the region's rank."""
    require_officer(request)
    filters = ScreeningFilter(
        request.GET or None,
        calls=list(calls_to_recommend()),
        regions=list(recommending_regions()),
    )
    rows = with_open_correction(reading.dossiers_to_screen())
    if filters.is_bound and filters.is_valid():
        rows = _filtered(rows, filters.cleaned_data)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    rows_shown = [_row(a, request) for a in page]
    context = {
        "page": page,
        "rows": rows_shown,
        "filters": filters,
        "waiting": reading.waiting_to_screen().count(),
    }
    return render(request, "applications/screening/list.html", context)


def _filtered(rows: QuerySet[Application], data: dict[str, Any]) -> QuerySet[Application]:
    if data["text"]:
        rows = rows.filter(
            Q(title__icontains=data["text"])
            | Q(number__icontains=data["text"])
            | Q(firm__name__icontains=data["text"])
        )
    if data["call"]:
        rows = rows.filter(call__number=data["call"])
    if data["region"]:
        rows = rows.filter(
            Q(recommendation__region__code=data["region"])
            | Q(recommendation__region__reports_to__code=data["region"])
        )
    if data["state"]:
        rows = rows.filter(status=data["state"])
    return rows


def _row(application: Application, request: SignedInRequest) -> dict[str, Any]:
    status = Status(application.status)
    items = application.call.screening_items
    kept = getattr(application, "screening", None)
    answered = sum(v.get("ok") is not None for v in kept.items.values()) if kept else 0
    due = getattr(application, "correction_due", None)
    return {
        "url": reverse("applications:screening_dossier", args=[application.pk]),
        "title": application.title,
        "number": application.number,
        "firm": application.firm.name,
        "region": application.recommendation.region,
        "rank": application.recommendation.rank,
        "requested": application.requested,
        "status": status,
        "label": STATUS_NAMES[status],
        "answered": answered,
        "items": len(items),
        "settled": status != Status.RECOMMENDED,
        "vetoes": getattr(application, "vetoes", 0),
        "warnings": getattr(application, "warnings", 0),
        "due": due if status == Status.RETURNED else None,
        "late": due is not None and due < request.clock.now,
        "provisional": getattr(application, "correction_provisional", False),
    }
