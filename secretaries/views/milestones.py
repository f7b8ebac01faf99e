"""A project's milestones, the list they come from, and the four rates."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from applications.models import Application
from audit.refusals import NotPermitted, Refused
from secretaries import rules
from secretaries.forms.milestones import InvestmentForm, MilestoneForm, MonthForm, TemplateForm
from secretaries.milestones import NAMES
from secretaries.models import MilestoneTemplate, ProjectMilestone, Stage
from secretaries.selectors import milestones as reading
from secretaries.services import milestones
from secretaries.views.board import lead_only
from secretaries.views.projects import frame, seen

WAN = Decimal(10_000)
RATE_WORDS = {
    "landing": gettext_lazy("Landing rate"),
    "readiness": gettext_lazy("Readiness rate"),
    "investment": gettext_lazy("Investment rate"),
    "statistics": gettext_lazy("Statistics rate"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def milestone_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The nodes by stage; the secretary records one, or a month's investment."""
    application = seen(request, pk)
    serving = rules.serves(request.user, application, request.clock.today)
    rows = list(reading.milestones_of(application))
    if request.method != "POST":
        return _page(request, application, rows, serving=serving)
    if not serving:
        raise NotPermitted(_("Only the project's secretary on duty does this."))
    if "invest" in request.POST:
        form: Any = InvestmentForm(request.POST, prefix="invest")
        done = form.is_valid() and _invest(request, application, form)
    else:
        form = MilestoneForm(request.POST, rows=rows)
        done = form.is_valid() and _settle(request, rows, form)
    if done:
        messages.success(request, _("Recorded."))
        return redirect("secretaries:milestones", pk=pk)
    return _page(request, application, rows, serving=serving, form=form)


def _settle(
    request: SignedInRequest, rows: Iterable[ProjectMilestone], form: MilestoneForm
) -> bool:
    data = form.cleaned_data
    row = next(row for row in rows if row.pk == data["milestone"])
    try:
        if data["act"] == "reach":
            milestones.reach(milestone=row, on=data["on"], evidence=data["text"], by=request.user)
        elif data["act"] == "plan":
            milestones.plan_anew(milestone=row, on=data["on"], reason=data["text"], by=request.user)
        else:
            milestones.leave_out(milestone=row, reason=data["text"], by=request.user)
    except Refused as refused:
        return _add(form, refused)
    return True


def _invest(request: SignedInRequest, application: Application, form: InvestmentForm) -> bool:
    try:
        milestones.record_investment(
            application=application,
            month=form.cleaned_data["month"],
            invested=form.cleaned_data["invested"] * WAN,
            by=request.user,
        )
    except Refused as refused:
        return _add(form, refused)
    return True


def _add(form: Any, refused: Refused) -> bool:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
    return False


def _page(
    request: SignedInRequest,
    application: Application,
    rows: list[ProjectMilestone],
    *,
    serving: bool,
    form: Any = None,
) -> HttpResponse:
    today = request.clock.today
    stages = [(stage.label, [row for row in rows if row.node.stage == stage]) for stage in Stage]
    open_ = serving and application.status in rules.SERVED
    blank = MilestoneForm(rows=rows, initial={"on": today})
    context = {
        **frame(request, application),
        "stages": [(label, own) for label, own in stages if own],
        "late": {row.pk for row in reading.late(rows, today)},
        "reached": sum(row.reached_on is not None or row.left_out for row in rows),
        "total": len(rows),
        "form": (form if isinstance(form, MilestoneForm) else blank) if open_ else None,
        "invest": (form if isinstance(form, InvestmentForm) else InvestmentForm(prefix="invest"))
        if open_
        else None,
        "investments": list(application.investments.all()[:12]),
    }
    status = 200 if form is None else 422
    return render(request, "secretaries/milestones.html", context, status=status)


@login_required
@require_safe
def rates(request: SignedInRequest) -> HttpResponse:
    """The four rates of a month by line, and of the twelve months before it."""
    if not (rules.is_lead(request.user) or rules.watches(request.user)):
        raise NotPermitted(_("The four rates are open to the secretaries' lead and officers."))
    form = MonthForm(request.GET or None)
    asked = form.cleaned_data.get("month") if form.is_bound and form.is_valid() else None
    month = min(asked or request.clock.today, request.clock.today)
    found = reading.rates(month)
    context = {
        "found": found,
        "month": month.replace(day=1),
        "form": form,
        "names": [(name, RATE_WORDS[name]) for name in NAMES],
    }
    return render(request, "secretaries/rates.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: SignedInRequest) -> HttpResponse:
    """The list of nodes in force, and a further version of it."""
    lead_only(request)
    nodes = list(reading.nodes_in_force())
    latest = MilestoneTemplate.objects.select_related("made_by").first()
    version = latest.version if latest else 0
    lines = "\n".join(
        f"{n.stage} | {n.name_zh} | {n.name_en} | {n.days} | {n.mark}".rstrip(" |") for n in nodes
    )
    form = TemplateForm(request.POST or None, initial={"lines": lines, "seen": version})
    if request.method == "POST" and form.is_valid():
        try:
            milestones.set_template(
                nodes=[milestones.Node(*line) for line in form.cleaned_data["lines"]],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
                by=request.user,
            )
        except Refused as refused:
            _add(form, refused)
        else:
            messages.success(request, _("In force for projects appointed from now on."))
            return redirect("secretaries:milestone_template")
    context = {"form": form, "latest": latest, "nodes": nodes, "stages": Stage.choices}
    status = 422 if form.is_bound else 200
    return render(request, "secretaries/milestone_template.html", context, status=status)
