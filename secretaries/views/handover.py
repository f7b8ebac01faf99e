"""All a successor needs to know of a project, on one page, and well on paper."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import Level
from accounts.selectors import members_of
from applications.models import Application
from audit.refusals import NotPermitted
from secretaries import handing_over, rules
from secretaries.selectors import milestones
from secretaries.selectors import projects as reading
from secretaries.selectors.clocks import timed
from secretaries.views.projects import frame, seen

PROMISED = (
    ("fixed_assets_yuan", gettext_lazy("Fixed-asset investment"), "wan"),
    ("promised_headcount", gettext_lazy("Headcount promised"), "persons"),
    ("baseline_headcount", gettext_lazy("Headcount at the start"), "persons"),
    ("tax_yuan", gettext_lazy("Expected tax of a year"), "wan"),
)


@login_required
@require_safe
def handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """For the secretaries of the project, the lead and officers; not for the firm."""
    application = seen(request, pk, reading.with_last_content())
    user = request.user
    if rules.belongs_to_firm(user, application) and not rules.is_lead(user):
        raise NotPermitted(_("This page is the secretaries' own."))
    assignments = list(reading.assignments_of(application))
    current = next((a for a in assignments if a.valid_to is None and a.role == "lead"), None)
    rows = list(milestones.milestones_of(application))
    open_requests = reading.with_holders(reading.open_requests_of([application.pk]))
    visits = list(reading.visits_of(application).prefetch_related(None)[:10])
    # Each visit looks at what the one before agreed, so the last step agreed is the open one.
    agreed = next((visit for visit in visits if visit.next_action), None)
    context = {
        **frame(request, application),
        "current": current,
        "former": [a for a in assignments if a is not current],
        "requests": timed(open_requests, request.clock.now, request.clock.table),
        "milestones": [r for r in rows if r.reached_on is None and not r.left_out],
        "settled": [r for r in rows if r.reached_on is not None],
        "late": {r.pk for r in milestones.late(rows, request.clock.today)},
        "visits": visits,
        "agreed": agreed,
        "since": visits.index(agreed) if agreed is not None else 0,
        "contacts": list(members_of(application.firm, Level.OWNER, Level.EDITOR)),
        "promised": _promised(application),
        "panels": handing_over.collect(request, application),
    }
    return render(request, "secretaries/handover.html", context)


def _promised(application: Application) -> list[tuple[str, Any, str]]:
    """The figures of the latest submission that the firm is held to: name, value, unit."""
    content = application.last_content  # type: ignore[attr-defined]  # annotated
    figures = (content or {}).get("figures", {})
    return [
        (str(label), figures[name], unit) for name, label, unit in PROMISED if figures.get(name)
    ]
