"""Objecting, as the public and the firms do: the form, what became of it, the one review."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import PageRequest, SignedInRequest
from accounts.models import User
from accounts.rules import is_member
from audit.once import once
from audit.refusals import Refused
from awards.forms.objections import FollowForm, ObjectionForm, ReviewForm
from awards.forms.refusing import add_refusal
from awards.models import Objection, ObjectionReview, PublicNotice
from awards.query_code import query_code
from awards.services import objection_reviews, objections

WORD_FOR_WORD = "word for word"  # the same person's same words on a project are one objection


@require_http_methods(["GET", "HEAD", "POST"])
def file_objection(request: PageRequest, number: str) -> HttpResponse:
    """The public form. The receipt number is shown once, on the next page."""
    notice = get_object_or_404(PublicNotice.objects.select_related("call"), number=number)
    items = list(notice.items.select_related("application__firm").order_by("pk"))
    projects = [
        (i.application_id, f"{i.application.title} · {i.application.firm.name}") for i in items
    ]
    form = ObjectionForm(
        request.POST or None,
        request.FILES or None,
        projects=projects,
        initial={"application": request.GET.get("project")},
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
    """What was received and what became of it, for whoever filed it."""
    notice = get_object_or_404(PublicNotice, number=number)
    row = _followed(request)
    if row is None or row.notice_id != notice.pk:
        return redirect("portal:public_notice", number=number)
    return _filed(request, row, ReviewForm())


def _followed(request: PageRequest) -> Objection | None:
    """The objection that the session has shown to be the visitor's own."""
    number = request.session.get("objection", "")
    rows = Objection.objects.select_related("notice__call", "application")
    return rows.filter(number=number).first() if number else None


def _filed(
    request: PageRequest, row: Objection, form: ReviewForm, status: int = 200
) -> HttpResponse:
    review = ObjectionReview.objects.filter(objection=row).first()
    open_ = row.review_provisional or (
        row.review_until is not None and request.clock.now <= row.review_until
    )
    context: dict[str, Any] = {
        "notice": row.notice,
        "row": row,
        "code": query_code(row),
        "review": review,
        "form": form if review is None and row.status == "rejected" and open_ else None,
    }
    return render(request, "awards/objection_filed.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: PageRequest) -> HttpResponse:
    """Who objected asks by number and query code what became of it."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = objection_reviews.followed(**form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            request.session["objection"] = row.number
            return redirect("awards:objection_filed", number=row.number.rpartition("-")[0])
    context = {"form": form}
    return render(
        request, "awards/objection_follow.html", context, status=422 if form.is_bound else 200
    )


@require_POST
def ask_review(request: PageRequest) -> HttpResponse:
    """The objector, known by the session, asks for the review above."""
    row = _followed(request)
    if row is None:
        return redirect("awards:follow_objection")
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            objection_reviews.ask_review(objection=row, text=form.cleaned_data["text"], by=None)
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, _("Received. The meeting above decides, for good."))
            return redirect("awards:objection_filed", number=row.notice.number)
    return _filed(request, row, form, 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_firm_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """The firm's owner asks for the review of an upheld objection."""
    row = get_object_or_404(
        Objection.objects.select_related("application__firm", "notice__call"),
        pk=pk,
        status="upheld",
    )
    if not is_member(request.user, row.application.firm_id):
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            objection_reviews.ask_review(
                objection=row, text=form.cleaned_data["text"], by=request.user
            )
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, _("Received. The meeting above decides, for good."))
            return redirect("applications:dossier", pk=row.application_id)
    context = {"row": row, "application": row.application, "form": form}
    return render(
        request, "awards/objection_review.html", context, status=422 if form.is_bound else 200
    )
