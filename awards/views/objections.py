"""Objections in the office: examined, answered, reviewed above, carried out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from applications.workflow import Status
from audit.refusals import NotPermitted, Refused
from awards import rules
from awards.forms.objections import AnswerForm, FindingForm, ReviewDecisionForm
from awards.forms.refusing import add_refusal
from awards.models import Minutes, Objection, ObjectionFile, ObjectionReview
from awards.query_code import query_code
from awards.selectors import lists
from awards.services import objection_answers, objection_reviews, objections
from awards.views.funding import minutes_choices
from calendars.wording import day_of

PAGE_SIZE = 50
READERS = (Role.PROGRAMME_OFFICER, Role.APPROVER, Role.SUPERVISOR)


def _guard(request: SignedInRequest) -> None:
    if not has_any_role(request.user, *READERS):
        raise NotPermitted(_("Objections are read only by those who examine and answer them."))


@login_required
@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    """Every public notice with its period and open objections; the public has pages of its own."""
    if not rules.sees_funding(request.user):
        raise NotPermitted(
            _("This list is the office's. What is on public notice stands on the public pages.")
        )
    page = Paginator(lists.notices(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "awards/notices.html",
        {"page": page, "today": request.clock.today, "nav_current": "awards:notices"},
    )


@login_required
@require_safe
def objection_list(request: SignedInRequest) -> HttpResponse:
    """Objections, the nearest due date first."""
    _guard(request)
    page = Paginator(lists.objections(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "now": request.clock.now, "nav_current": "awards:objections"}
    return render(request, "awards/objection_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: SignedInRequest, pk: int) -> HttpResponse:
    """One objection: facts, then the act that is this person's."""
    _guard(request)
    row = get_object_or_404(lists.objections(), pk=pk)
    form: Any = None
    if request.method == "POST":
        rules.require(request.user, Role.PROGRAMME_OFFICER, Role.APPROVER)
        form = (
            AnswerForm(request.POST)
            if "upheld" in request.POST or "rejected" in request.POST
            else FindingForm(request.POST)
        )
        if form.is_valid():
            try:
                _act(request, row, form.cleaned_data)
            except Refused as refused:
                add_refusal(form, refused, drawn_again=False)
            else:
                return redirect("awards:objection", pk=pk)
    examines = (
        has_role(request.user, Role.PROGRAMME_OFFICER)
        and row.status == "filed"
        and row.filed_by_id != request.user.pk
    )
    answers = (
        has_role(request.user, Role.APPROVER)
        and row.status == "accepted"
        and request.user.pk not in (row.handled_by_id, row.filed_by_id)
    )
    context = {
        "row": row,
        "application": row.application,
        "files": row.files.order_by("pk"),
        "code": query_code(row) if has_role(request.user, Role.PROGRAMME_OFFICER) else "",
        "examines": examines,
        "answers": answers,
        "form": form or (FindingForm() if examines else AnswerForm()),
        **_review(request, row),
        "late": row.answered_at is None
        and row.status in ("filed", "accepted")
        and row.due_at < request.clock.now,
        "nav_current": "awards:objections",
    }
    return render(request, "awards/objection.html", context, status=422 if form else 200)


def _review(request: SignedInRequest, row: Objection) -> dict[str, Any]:
    """The review of an answer, its form for whoever decides, and whether an answer waits."""
    if row.status not in ("upheld", "rejected"):
        return {}
    review = (
        ObjectionReview.objects.filter(objection=row)
        .select_related("minutes", "decided_by", "asked_by", "objection__notice__call")
        .first()
    )
    approver = has_role(request.user, Role.APPROVER)
    decides = (
        approver
        and review is not None
        and review.status == "asked"
        and request.user.pk not in (row.answered_by_id, row.handled_by_id, row.filed_by_id)
    )
    kept = _minutes(review) if decides and review is not None else []
    return {
        "review": review,
        "decides": decides,
        "decision_form": ReviewDecisionForm(minutes=minutes_choices(kept)),
        "has_minutes": bool(kept),
        "carries_out": approver
        and review is None
        and row.status == "upheld"
        and row.application.status == Status.OBJECTION_HOLD
        and objection_answers.may_carry_out(row, request.clock.now),
    }


def _minutes(review: ObjectionReview) -> list[Minutes]:
    """The minutes of the meetings that may have decided on it."""
    asked_on = day_of(review.asked_at)
    rows = lists.minutes_of(review.objection.notice.call)
    return [row for row in rows if row.held_on >= asked_on]


@login_required
@require_POST
def decide_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """The decision of the meeting above; a form that was refused says so on the page."""
    _guard(request)
    rules.require(request.user, Role.APPROVER)
    review = get_object_or_404(
        ObjectionReview.objects.select_related("objection__notice__call", "objection__application"),
        objection=pk,
    )
    kept = {one.pk: one for one in _minutes(review)}
    form = ReviewDecisionForm(request.POST, minutes=minutes_choices(list(kept.values())))
    if form.is_valid():
        try:
            objection_reviews.decide_review(
                review=review,
                upheld="upheld" in request.POST,
                minutes=kept[form.cleaned_data["minutes"]],
                decision=form.cleaned_data["decision"],
                by=request.user,
            )
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, _("Decided. The decision is final."))
            return redirect("awards:objection", pk=pk)
    row = get_object_or_404(lists.objections(), pk=pk)
    context: dict[str, Any] = {
        "row": row,
        "application": row.application,
        "files": row.files.order_by("pk"),
    }
    context |= _review(request, row) | {"decision_form": form}
    context["nav_current"] = "awards:objections"
    return render(request, "awards/objection.html", context, status=422)


@login_required
@require_POST
def carry_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """An upheld objection takes effect: nobody asked for its review in time."""
    _guard(request)
    rules.require(request.user, Role.APPROVER)
    row = get_object_or_404(lists.objections(), pk=pk)
    objection_answers.carry_out(objection=row, by=request.user)
    messages.success(request, _("The project is out, and the reserve list has moved up."))
    return redirect("awards:objection", pk=pk)


def _act(request: SignedInRequest, row: Objection, data: dict[str, Any]) -> None:
    if "accept" in request.POST:
        objections.accept_objection(objection=row, finding=data["finding"], by=request.user)
        messages.success(request, _("Admitted; only this project is held."))
    elif "refuse" in request.POST:
        objections.refuse_objection(objection=row, finding=data["finding"], by=request.user)
        messages.success(request, _("Refused as inadmissible."))
    else:
        upheld = "upheld" in request.POST
        objection_answers.answer_objection(
            objection=row, upheld=upheld, answer=data["answer"], by=request.user
        )
        messages.success(
            request,
            _("Upheld; it takes effect once the time to ask for a review has passed.")
            if upheld
            else _("Not upheld; the project is released."),
        )


@login_required
@require_safe
def objection_file(request: SignedInRequest, pk: int) -> FileResponse:
    """A piece of proof, for those who examine and answer."""
    _guard(request)
    row = get_object_or_404(ObjectionFile, pk=pk)
    return FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.content_type
    )
