"""A served project: for its secretary on the way, for its firm, and for the lead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted, NotVisible, Refused
from secretaries import rules
from secretaries.forms.work import VisitForm
from secretaries.models import RequestStatus, ServiceAssignment, ServiceRequest, Visit, VisitPhoto
from secretaries.selectors import projects as reading
from secretaries.selectors.candidates import current_assignment
from secretaries.selectors.clocks import Timed, timed
from secretaries.selectors.milestones import milestone_summary
from secretaries.selectors.settings import numbers
from secretaries.service_rules import ServiceRules
from secretaries.services import appointments, visits
from secretaries.visiting import Rhythm, period
from secretaries.wording import reason_text


def seen(
    request: SignedInRequest, pk: int, among: QuerySet[Application] | None = None
) -> Application:
    """A served project, for its secretaries, its firm's people, the lead and officers; read with
    what `among` annotates.
    """
    rows = Application.objects.all() if among is None else among
    related = ("call", "firm", "region__reports_to", "industry")
    application = get_object_or_404(rows.select_related(*related), pk=pk)
    known = Status(application.status) in rules.KNOWN
    if not known or not rules.reads_service(request.user, application):
        raise NotVisible
    return application


def due_key(row: ServiceRequest) -> float:
    """Sorts requests by when they are due; what stands still last."""
    due = row.finish.due_at
    return due.timestamp() if due else float("inf")


@dataclass(frozen=True, slots=True)
class NextNode:
    """The next milestone of a project."""

    name: str
    planned: date
    late: bool


def _node(row: Any, today: date) -> NextNode | None:
    if row.next_node is None:
        return None
    chinese = (get_language() or "zh").startswith("zh")
    name = row.next_node_zh if chinese else row.next_node_en
    return NextNode(name, row.next_node, row.next_node < today)


def _rhythm(row: Any, today: date, set_by: ServiceRules) -> Rhythm:
    first, last = period(today, monthly=row.running)
    due = set_by.visits_running if row.running else set_by.visits_building
    made = row.this_month if row.running else row.this_week
    return Rhythm(first, last, due, made, row.running)


@dataclass(frozen=True, slots=True)
class Card:
    """A project on the secretary's own list."""

    assignment: ServiceAssignment
    application: Application
    backing: bool
    urgent: Timed | None
    days_since: int | None  # since the last visit
    rhythm: Rhythm  # visits due and made this week, or this month once it produces
    node: NextNode | None

    @property
    def due(self) -> float:
        return due_key(self.urgent.row) if self.urgent else float("inf")


@login_required
@require_safe
def my_projects(request: SignedInRequest) -> HttpResponse:
    """The secretary's own projects, the most urgent first."""
    if not has_role(request.user, Role.SECRETARY):
        raise NotPermitted(_("Only service secretaries have projects here."))
    today, set_by = request.clock.today, numbers()
    rows = list(reading.own_assignments(request.user, today))
    running = reading.open_requests_of([row.application_id for row in rows])
    table, now = request.clock.table, request.clock.now
    urgent: dict[int, Timed] = {}
    for item in timed(running, now, table):
        if item.row.status == RequestStatus.OPEN:
            urgent.setdefault(item.row.application_id, item)
    cards = [
        Card(
            assignment=row,
            application=row.application,
            backing=row.secretary.user_id != request.user.pk,
            urgent=urgent.get(row.application_id),
            days_since=_days(getattr(row, "last_visit", None), today),
            rhythm=_rhythm(row, today, set_by),
            node=_node(row, today),
        )
        for row in rows
    ]
    cards.sort(key=lambda card: (card.backing, card.due, card.application.number or ""))
    profile = reading.secretary_profile(request.user)
    context = {
        "cards": cards,
        "profile": profile,
        "leave": reading.leave_today(profile, request.clock.today) if profile else None,
        "own": sum(not card.backing for card in cards),
    }
    return render(request, "secretaries/my_projects.html", context)


def _days(last: date | None, today: date) -> int | None:
    return None if last is None else (today - last).days


@login_required
@require_safe
def project(request: SignedInRequest, pk: int) -> HttpResponse:
    """One project: who serves it, requests and their clocks, visits."""
    return _page(request, seen(request, pk))


@login_required
@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign for the project."""
    assignment = current_assignment(seen(request, pk))
    if assignment is None:
        raise NotVisible
    appointments.accept(assignment=assignment, by=request.user)
    messages.success(request, _("Signed for. Please make the first contact now."))
    return redirect("secretaries:project", pk=pk)


@login_required
@require_POST
def record_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write down a visit."""
    application = seen(request, pk)
    assignment = current_assignment(application)
    if assignment is None:
        raise NotVisible
    if not rules.serves(request.user, application, request.clock.today):
        raise NotPermitted(_("Only the project's secretary on duty records visits."))
    form = VisitForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            visits.record_visit(assignment=assignment, by=request.user, **form.cleaned_data)
        except Refused as refused:
            field = refused.field if refused.field in form.fields else None
            form.add_error(field, str(refused.message))
        else:
            messages.success(request, _("Visit recorded; the firm is asked to confirm it."))
            return redirect(f"{reverse('secretaries:project', args=[pk])}#visits")
    return _page(request, application, form=form, status=422)


@login_required
@require_POST
def confirm_visit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The firm confirms a visit."""
    visit = get_object_or_404(Visit.objects.select_related("assignment"), pk=pk)
    visits.confirm_visit(visit=visit, by=request.user)
    messages.success(request, _("Visit confirmed."))
    back = reverse("secretaries:project", args=[visit.assignment.application_id])
    return redirect(f"{back}#visits")


@login_required
@require_safe
def photo(request: SignedInRequest, pk: int) -> FileResponse:
    """A picture of a visit, for whoever may read the visit."""
    row = VisitPhoto.objects.select_related("visit__assignment").filter(pk=pk).first()
    if row is None:
        raise NotVisible
    seen(request, row.visit.assignment.application_id)
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )


def _under(user: User, application: Application) -> str:
    """The entry of the bar that a served project's page lies under."""
    if rules.is_lead(user):
        return "secretaries:board"
    if has_role(user, Role.SECRETARY):
        return "secretaries:my_projects"
    firm = rules.belongs_to_firm(user, application)
    return "secretaries:requests" if firm else "applications:dossier_list"


def frame(request: SignedInRequest, application: Application) -> dict[str, Any]:
    """What every page of a served project needs: what stands around it, and for whom."""
    of_firm = rules.belongs_to_firm(request.user, application)
    return {
        "application": application,
        "of_firm": of_firm,
        "speaks": rules.speaks_for_firm(request.user, application),
        "base": "base_public.html" if of_firm else "base.html",
        "nav_current": _under(request.user, application),
    }


def _stands_in(row: ServiceAssignment, today: date) -> bool:
    """Whether somebody is there while the secretary is on leave."""
    return row.backup is not None and reading.leave_today(row.backup, today) is None


def _page(
    request: SignedInRequest,
    application: Application,
    *,
    form: VisitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    assignments = list(reading.assignments_of(application))
    current = next((a for a in assignments if a.valid_to is None and a.role == "lead"), None)
    table, now = request.clock.table, request.clock.now
    requests = timed(application.requests.select_related("finish").order_by("-pk")[:50], now, table)
    requests.sort(key=lambda r: (r.row.status != RequestStatus.OPEN, due_key(r.row)))
    near = [application.region, application.region.reports_to]
    places = {region.code: str(region) for region in near if region is not None}
    user, today = request.user, request.clock.today
    serving = rules.serves(user, application, today)
    away = reading.leave_today(current.secretary, today) if current else None
    state = Status(application.status)
    context = {
        **frame(request, application),
        "label": STATUS_NAMES[state],
        "current": current,
        "former": [a for a in assignments if a is not current],
        "reason": reason_text(current.reason, places) if current else "",
        "away": away,
        "stood_in": bool(away and current and _stands_in(current, today)),
        "requests": requests,
        "visits": list(reading.visits_of(application)[:50]),
        "form": form or VisitForm(initial={"on": today, "kind": "site"}),
        "serving": serving and state in rules.SERVED,
        "must_accept": bool(
            current and current.accepted_at is None and current.secretary.user_id == user.pk
        ),
        "is_lead": rules.is_lead(user),
        "served": state in rules.SERVED,
        "milestones": milestone_summary(application, today),
    }
    return render(request, "secretaries/project.html", context, status=status)
