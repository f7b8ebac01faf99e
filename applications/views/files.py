"""The files of a dossier: upload, take out, download."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from applications import rules, sections, tasklist, uploads
from applications.forms.sections import UploadForm
from applications.models import Attachment
from applications.readiness import document_name
from applications.sections.merits import ATTACHMENTS
from applications.services import attachments as acts
from applications.views.desk import Desk
from audit.refusals import NotVisible, Refused

SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def page(desk: Desk, refusal: Refused | None = None, document: str = "") -> HttpResponse:
    """The attachments section: each document of the guide with its files and a place to upload."""
    tasks = desk.tasks("attachments")
    codes = sections.CODES
    context = desk.context(
        spec=ATTACHMENTS,
        documents=_documents(desk, document, str(refusal) if refusal else ""),
        place=codes.index("attachments") + 1,
        of=len(codes),
        editable=desk.may_edit and desk.is_fillable,
        accept=uploads.ACCEPT,
        most_mb=uploads.MOST_BYTES // 1024 // 1024,
        tasks=tasks,
        done=sum(task.done for task in tasks),
        next_task=tasklist.next_open(tasks, after="attachments"),
        reasons=[
            r["text"]
            for r in (desk.correction.reasons if desk.correction else [])
            if r.get("section") == "attachments"
        ],
    )
    status = refusal.status_code if refusal else 200
    return render(desk.request, "applications/attachments.html", context, status=status)


def _documents(desk: Desk, wrong: str, problem: str) -> list[dict[str, Any]]:
    wanted = [
        {
            "code": d["code"],
            "name": document_name(d),
            "required": bool(d.get("required")),
        }
        for d in desk.application.call.required_documents
    ]
    wanted.append({"code": acts.OTHER, "name": _("Other"), "required": False})
    for entry in wanted:
        entry["files"] = [f for f in desk.files if f.document == entry["code"]]
        entry["problem"] = problem if entry["code"] == wrong else ""
    return wanted


@login_required
@require_POST
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep one file; what is wrong with it is said beside the document."""
    desk = Desk(request, pk)
    if not desk.of_firm:
        raise NotVisible
    form = UploadForm(request.POST, request.FILES)
    document = request.POST.get("document", "")
    if not form.is_valid():
        problem = Refused(_("Choose a file first."), "upload")
        return page(desk, problem, document)
    try:
        acts.add_attachment(
            application=desk.application,
            document=document,
            upload=form.cleaned_data["upload"],
            by=request.user,
        )
    except NotVisible:
        raise
    except Refused as refusal:
        return page(Desk(request, pk), refusal, document)
    messages.success(request, _("The file is kept with the dossier."))
    return redirect("applications:section", pk, "attachments")


@login_required
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a file out of the draft."""
    attachment = _visible(request, pk)
    acts.remove_attachment(attachment=attachment, by=request.user)
    messages.success(request, _("The file was taken out."))
    return redirect("applications:section", attachment.application_id, "attachments")


def _visible(request: SignedInRequest, pk: int) -> Attachment:
    """The file, if this person may read it; one taken out only where a submission names it."""
    attachment = Attachment.objects.select_related("application__call").filter(pk=pk).first()
    if attachment is None or not rules.may_read_file(request.user, attachment):
        raise NotVisible
    return attachment


@login_required
@require_safe
def download(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The file itself; a browser may take it for nothing but what it was checked to be."""
    attachment = _visible(request, pk)
    inline = "inline" in request.GET and attachment.content_type in SHOWN_INLINE
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not inline,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
