"""Check the answers, commit, submit, withdraw."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from applications import reading
from applications.forms.sections import ReasonForm
from applications.readiness import document_name
from applications.selectors import dossiers
from applications.services import dossiers as acts
from applications.views.desk import Desk
from audit.refusals import NotPermitted, NotVisible, Refused


def is_open(desk: Desk) -> bool:
    """The commitment opens when the other nine sections are complete."""
    return not desk.tasks()[-1].locked


@login_required
@require_safe
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every answer on one page, with what is missing or contradicts, before submitting."""
    desk = Desk(request, pk)
    return _check_page(desk)


def _check_page(desk: Desk, refusal: str = "", status: int = 200) -> HttpResponse:
    if not desk.of_firm or not dossiers.is_fillable(desk.application.status):
        raise NotVisible
    tasks = desk.tasks()
    context = desk.context(
        tasks=tasks,
        done=sum(task.done for task in tasks),
        content=reading.whole(desk.data, desk.names, to_firm=True),
        readiness=desk.readiness,
        files=_documents(desk),
        refusal=refusal,
        may_submit=desk.may_submit,
    )
    return render(desk.request, "applications/check.html", context, status=status)


def _documents(desk: Desk) -> list[dict[str, Any]]:
    return [
        {
            "name": document_name(document),
            "required": document.get("required", False),
            "files": [f for f in desk.files if f.document == document["code"]],
        }
        for document in desk.application.call.required_documents
    ]


@login_required
@require_POST
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Submit; pressing it again leads to the same receipt."""
    desk = Desk(request, pk)
    try:
        submission = acts.submit(
            application=desk.application,
            commitment=request.POST.get("commitment") == "yes",
            by=request.user,
        )
    except NotVisible:
        raise
    except Refused as refusal:
        again = Desk(request, pk)
        if not dossiers.is_fillable(again.application.status):
            raise
        return _check_page(again, refusal=str(refusal), status=refusal.status_code)
    messages.success(
        request,
        _("Application received. Receipt number %(receipt)s.") % {"receipt": submission.receipt},
    )
    return redirect("applications:receipt", pk, submission.version)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the dossier back, with a reason once it was submitted."""
    desk = Desk(request, pk)
    if not desk.of_firm:
        raise NotVisible
    if not desk.may_submit:
        raise NotPermitted(_("Only an owner of the firm takes the application back."))
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = desk.application.submitted_at is not None
    if request.method == "POST" and form.is_valid():
        try:
            acts.withdraw(
                application=desk.application, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The application was withdrawn."))
            return redirect("applications:dossier", pk)
    return render(request, "applications/withdraw.html", desk.context(form=form))
