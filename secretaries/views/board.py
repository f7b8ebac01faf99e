"""The lead's overview, appointment by hand, handover."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from applications.models import Application
from audit.refusals import NotPermitted, NotVisible, Refused
from secretaries import matching, rules
from secretaries.forms.work import AppointForm, HandOverForm
from secretaries.models import ServiceAssignment
from secretaries.selectors import board as reading
from secretaries.selectors.candidates import by_role, candidates, is_served, project_of
from secretaries.selectors.projects import with_project
from secretaries.services import appointments
from secretaries.waiting_lead import lead_items
from secretaries.wording import gap_text

PAGE_SIZE = 50


def lead_only(request: SignedInRequest) -> None:
    if not rules.is_lead(request.user):
        raise NotPermitted(_("Only the secretaries' lead sees this page."))


@login_required
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """What the lead must do, clocks, coverage, load."""
    lead_only(request)
    now = request.clock.now
    board = reading.board(now, request.clock.table)
    page = Paginator(board.loads, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "board": board,
        "todo": lead_items(now, board.rows),
        "page": page,
        "groups": reading.grouped(page),
    }
    return render(request, "secretaries/board.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody with what the rules say of each; the lead chooses, or has the rules try again."""
    lead_only(request)
    application, has_secretary = _project(pk)
    if has_secretary:
        return redirect("secretaries:project", pk=pk)
    form = AppointForm(request.POST or None, secretaries=_everybody())
    if request.method == "POST" and request.POST.get("act") == "rules":
        made = appointments.appoint(application=application, by=request.user)
        if isinstance(made, ServiceAssignment):
            return _appointed(request, made)
        messages.warning(request, gap_text(made.reasons))
        return redirect("secretaries:appoint", pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            made = appointments.appoint_by_hand(
                application=application, by=request.user, **form.cleaned_data
            )
        except Refused as refused:
            _add(form, refused)
        else:
            return _appointed(request, made)
    context = _choice(request, application, form)
    return render(
        request, "secretaries/appoint.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand an assignment (pk) over to somebody else."""
    lead_only(request)
    assignment = get_object_or_404(with_project(), pk=pk)
    if assignment.valid_to is not None:
        return redirect("secretaries:project", pk=assignment.application_id)
    others = _everybody().exclude(pk=assignment.secretary_id)
    form = HandOverForm(request.POST or None, secretaries=others)
    if request.method == "POST" and form.is_valid():
        try:
            made = appointments.hand_over(
                assignment=assignment,
                to=form.cleaned_data["secretary"],
                note=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            _add(form, refused)
        else:
            return _appointed(request, made)
    context = _choice(request, assignment.application, form, assignment=assignment)
    return render(
        request, "secretaries/appoint.html", context, status=422 if form.is_bound else 200
    )


def _project(pk: int) -> tuple[Application, bool]:
    """The project, and whether it has a lead secretary."""
    row = (
        Application.objects.select_related("call", "firm", "region__reports_to", "industry")
        .annotate(is_served=is_served())
        .filter(pk=pk, status__in=rules.SERVED)
        .first()
    )
    if row is None:
        raise NotVisible
    return row, row.is_served


def _everybody() -> Any:
    return by_role().select_related("user", "unit")


def _appointed(request: SignedInRequest, made: ServiceAssignment) -> HttpResponse:
    messages.success(
        request,
        _("%(name)s now serves the project; the firm has been told.")
        % {"name": made.secretary.user.name},
    )
    return redirect("secretaries:project", pk=made.application_id)


def _add(form: Any, refused: Refused) -> None:
    name = {"to": "secretary", "note": "reason"}.get(refused.field or "", refused.field)
    form.add_error(name if name in form.fields else None, str(refused.message))


_WHY = {
    matching.Why.REGION: gettext_lazy("serves other places"),
    matching.Why.TERM: gettext_lazy("out of term"),
    matching.Why.INDUSTRY: gettext_lazy("serves other industries"),
    matching.Why.LOAD: gettext_lazy("full"),
    matching.Why.LEAVE: gettext_lazy("on leave"),
}


def _choice(
    request: SignedInRequest,
    application: Application,
    form: AppointForm,
    *,
    assignment: ServiceAssignment | None = None,
) -> dict[str, Any]:
    """Each secretary's facts beside the radio button, the eligible first, best first."""
    project, today = project_of(application), request.clock.today
    people = candidates(form.fields["secretary"].queryset, today)  # type: ignore[attr-defined]
    units = {s.pk: s.unit.name for s in form.fields["secretary"].queryset}  # type: ignore[attr-defined]
    rows = []
    for person in people:
        why = matching.ruled_out_by(project, person)
        rows.append(
            {
                "person": person,
                "unit": units[person.id],
                "why": why,
                "why_text": _WHY[why] if why else "",
                "allowed": person.load < person.max_load and person.in_term and not person.on_leave,
                "key": (
                    why is not None,
                    person.load >= person.max_load,
                    why is matching.Why.REGION,
                    *matching.order_key(person),
                ),
            }
        )
    rows.sort(key=lambda row: row["key"])
    chosen = str(form["secretary"].value() or "")
    return {
        "application": application,
        "assignment": assignment,
        "form": form,
        "rows": rows,
        "chosen": chosen,
    }
