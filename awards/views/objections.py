"""Objections: filed by anybody during a notice, examined by the officer, then answered."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PageRequest, SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from audit.once import once
from audit.refusals import NotPermitted, Refused
from awards import rules
from awards.forms.lists import AnswerForm, FindingForm, ObjectionForm
from awards.forms.refusing import add_refusal
from awards.models import Objection, PublicNotice
from awards.selectors import lists
from awards.services import objections

PAGE_SIZE = 50
WORD_FOR_WORD = "word for word"  # the same person's same words on a project are one objection
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
        "examines": examines,
        "answers": answers,
        "form": form or (FindingForm() if examines else AnswerForm()),
        "late": row.answered_at is None
        and row.status in ("filed", "accepted")
        and row.due_at < request.clock.now,
        "nav_current": "awards:objections",
    }
    return render(request, "awards/objection.html", context, status=422 if form else 200)


def _act(request: SignedInRequest, row: Objection, data: dict[str, Any]) -> None:
    if "accept" in request.POST:
        objections.accept_objection(objection=row, finding=data["finding"], by=request.user)
        messages.success(request, _("Admitted; only this project is held."))
    elif "refuse" in request.POST:
        objections.refuse_objection(objection=row, finding=data["finding"], by=request.user)
        messages.success(request, _("Refused as inadmissible."))
    else:
        upheld = "upheld" in request.POST
        objections.answer_objection(
            objection=row, upheld=upheld, answer=data["answer"], by=request.user
        )
        messages.success(
            request,
            _("Upheld; the project is out.")
            if upheld
            else _("Not upheld; the project is released."),
        )


@require_http_methods(["GET", "HEAD", "POST"])
def file_objection(request: PageRequest, number: str) -> HttpResponse:
    """The public form. The receipt number is shown once, on the next page."""
    notice = get_object_or_404(PublicNotice.objects.select_related("call"), number=number)
    items = list(notice.items.select_related("application__firm").order_by("pk"))
    projects = [
        (i.application_id, f"{i.application.title} · {i.application.firm.name}") for i in items
    ]
    form = ObjectionForm(
        request.POST or None, projects=projects, initial={"application": request.GET.get("project")}
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        chosen = data.pop("application")
        application = next(i.application for i in items if i.application_id == chosen)
        by = request.user if isinstance(request.user, User) else None
        try:
            act = partial(
                objections.file_objection, notice=notice, application=application, by=by, **data
            )
            filed = once(Objection, WORD_FOR_WORD, act)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            request.session["objection"] = filed.number
            return redirect("awards:objection_filed", number=number)
    open_ = notice.starts_on <= request.clock.today <= notice.ends_on
    context = {"notice": notice, "form": form, "open": open_}
    return render(
        request, "awards/objection_form.html", context, status=422 if form.is_bound else 200
    )


@require_safe
def objection_filed(request: PageRequest, number: str) -> HttpResponse:
    """What was received, with its number, for whoever filed it."""
    notice = get_object_or_404(PublicNotice, number=number)
    filed = request.session.get("objection", "")
    if not filed.startswith(f"{notice.number}-"):
        return redirect("portal:public_notice", number=number)
    row = get_object_or_404(Objection, number=filed)
    return render(request, "awards/objection_filed.html", {"notice": notice, "row": row})
