"""Acts with a written reason: off the list, terminated; and a firm's answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import is_member
from applications.models import Application
from audit.refusals import Refused
from awards import rules
from awards.forms.money import TextForm
from awards.forms.refusing import add_refusal
from awards.models import FundingItem
from awards.services import parts, reserve


def _ask(
    request: SignedInRequest,
    application: Application,
    words: dict[str, str | Promise],
    act: Callable[[str], Any],
) -> HttpResponse:
    """One form with one reason; acts with what was written, keeps it when refused."""
    form = TextForm(request.POST or None, label=words["label"], hint=words["hint"])
    back = reverse("applications:dossier", args=[application.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["text"])
        except Refused as refused:
            refused.field = "text" if refused.field == "reason" else refused.field
            add_refusal(form, refused)
        else:
            messages.success(request, str(words["done"]))
            return redirect(back)
    context = {"application": application, "words": words, "form": form, "back": back}
    context["nav_current"] = "applications:dossier_list"
    return render(request, "awards/with_reason.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_off(request: SignedInRequest, pk: int) -> HttpResponse:
    """The approver takes a proposed project off the list; the reserve list moves up."""
    rules.require(request.user, Role.APPROVER)
    application = get_object_or_404(
        Application.objects.select_related("call", "firm").filter(
            funding_items__funding_list__status="approved"
        ),
        pk=pk,
    )
    words: dict[str, str | Promise] = {
        "title": _("Take off the list"),
        "question": _("Take “%(title)s” off the funding list?") % {"title": application.title},
        "text": _(
            "The project is disqualified for good, and the firm is told the reason. The money goes"
            " down the reserve list by the call's rules; whoever moves up gets a supplementary"
            " public notice."
        ),
        "label": _("Reason"),
        "hint": _("At least ten characters; it stands in the dossier's history."),
        "verb": _("Take off the list"),
        "done": _("Taken off the list. Look whether a supplementary notice is due."),
    }
    return _ask(
        request,
        application,
        words,
        lambda text: reserve.disqualify(application=application, reason=text, by=request.user),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_part(request: SignedInRequest, pk: int) -> HttpResponse:
    """The firm's owner agrees to the part offered, or declines it, once asked whether to."""
    item = get_object_or_404(FundingItem.objects.select_related("application__firm"), pk=pk)
    if not is_member(request.user, item.application.firm_id):
        raise Http404
    if request.method != "POST":
        context = {"item": item, "application": item.application, "fields": [("decline", "1")]}
        context["nav_current"] = "applications:dossier_list"
        return render(request, "awards/part_decline.html", context)
    agree = "agree" in request.POST
    parts.answer_part(item=item, agree=agree, by=request.user)
    messages.success(
        request,
        _("Agreed. The project is named in the public notice with this sum.")
        if agree
        else _("Declined. The project has left the list, and the office has been told."),
    )
    return redirect("applications:dossier", pk=item.application_id)


@login_required
@require_POST
def lapse_part(request: SignedInRequest, pk: int) -> HttpResponse:
    """The officer records that a firm did not answer the part offered in time."""
    rules.require(request.user, Role.PROGRAMME_OFFICER)
    item = get_object_or_404(FundingItem.objects.select_related("application"), pk=pk)
    parts.lapse_part(item=item, by=request.user)
    messages.success(request, _("Recorded. The money has gone on by the call's rules."))
    return redirect("applications:dossier", pk=item.application_id)
