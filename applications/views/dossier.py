"""The list of dossiers, opening one, and the page that everybody who may see it reads."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Level
from accounts.rules import is_administrator
from accounts.selectors import firms_of
from applications import history, named, panels, reading, rules, tasklist
from applications.forms.lists import DossierFilter
from applications.forms.sections import StartForm
from applications.models import Call, CallStatus, Submission
from applications.receipts import receipt_paper
from applications.selectors import dossiers
from applications.services import dossiers as acts
from applications.views.desk import Desk
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import NotPermitted, NotVisible, Refused
from audit.selectors import events_of
from papers.http import paper_response

PER_PAGE = 50


@login_required
@require_safe
def dossier_list(request: SignedInRequest) -> HttpResponse:
    """A firm's own dossiers, or the submitted ones that an office may read."""
    if is_administrator(request.user):
        raise NotPermitted(_("Administrators do not see business data."))
    if dossiers.is_applicant(request.user):
        return _own_list(request)
    filters = DossierFilter(request.GET)
    found = dossiers.narrowed(dossiers.dossiers_for_officials(request.user), **filters.values())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"application": a, "status_label": STATUS_NAMES[Status(a.status)]} for a in page]
    return render(
        request,
        "applications/dossier_list.html",
        {"filters": filters, "page": page, "rows": rows},
    )


def _own_list(request: SignedInRequest) -> HttpResponse:
    page = Paginator(dossiers.dossiers_of_firms(request.user), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = []
    for application in page:
        status = rules.shown_status(application, application.call, to_firm=True)
        done = sum(section.complete for section in application.sections.all())
        rows.append(
            {
                "application": application,
                "status": status,
                "status_label": STATUS_NAMES[status],
                "done": done,
                "is_draft": status is Status.DRAFT,
                "is_open": application.call.is_open(request.clock.now),
            }
        )
    now = request.clock.now
    calls = Call.objects.filter(
        status=CallStatus.PUBLISHED, opens_at__lte=now, closes_at__gt=now
    ).order_by("closes_at")
    return render(
        request, "applications/my_dossiers.html", {"page": page, "rows": rows, "calls": list(calls)}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SignedInRequest, number: str) -> HttpResponse:
    """Open a dossier in a call."""
    call = get_object_or_404(Call, number=number)
    if not rules.may_see_call(request.user, call):
        raise NotVisible
    firms = {str(f.pk): f for f in firms_of(request.user, Level.OWNER, Level.EDITOR)}
    if not firms:
        raise NotPermitted(_("Only an owner or editor of a registered firm opens a dossier."))
    choices = [(key, firm.name) for key, firm in firms.items()]
    form = StartForm(choices, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            application = acts.start_dossier(
                **form.cleaned_data | {"firm": firms[form.cleaned_data["firm"]]},
                call=call,
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The dossier is open. Your colleagues can share the work."))
            return redirect("applications:section", application.pk, "firm")
    context = {"call": call, "form": form, "nav_current": "applications:dossier_list"}
    return render(request, "applications/start.html", context)


@login_required
@require_safe
def dossier(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dossier for whoever may read it: what comes next, content, panels, its way so far."""
    desk = Desk(request, pk)
    application = desk.application
    events = events_of(application).exclude(
        action__in=("application.save_section", "application.add_file", "application.remove_file")
    )
    steps = history.timeline(application, events, desk.status, to_firm=not desk.is_official)
    context = desk.context(
        timeline=steps,
        panels=panels.collect(request, application),
        correction=desk.correction,
        **(_draft(desk) if _in_hand(desk) else _submitted(desk)),
    )
    return render(request, "applications/dossier.html", context)


def _in_hand(desk: Desk) -> bool:
    """Is the dossier with its own firm, to be filled in?"""
    return desk.of_firm and dossiers.is_fillable(desk.application.status)


def _draft(desk: Desk) -> dict[str, Any]:
    tasks = desk.tasks()
    return {
        "in_hand": True,
        "tasks": tasks,
        "done": sum(task.done for task in tasks),
        "next_task": tasklist.next_open(tasks),
        "readiness": desk.readiness,
        "people": _people(desk),
        "submissions": dossiers.submissions_of(desk.application) if desk.application.number else [],
    }


def _people(desk: Desk) -> list[dict[str, Any]]:
    notes = {
        Level.OWNER: _("may submit and sign"),
        Level.EDITOR: _("may fill in"),
        Level.VIEWER: _("may read"),
    }
    return [
        {
            "name": m.user.name,
            "role": _("you") if m.user_id == desk.user.pk else m.get_level_display(),
            "note": notes[Level(m.level)],
        }
        for m in desk.members
    ]


def _submitted(desk: Desk) -> dict[str, Any]:
    submissions = dossiers.submissions_of(desk.application)
    latest = submissions[0] if submissions else None
    content = _sections(desk, latest)
    files = _files(desk, latest.content["attachments"]) if latest else []
    return {
        "in_hand": False,
        "submissions": submissions,
        "latest": latest,
        "content": reading.whole(content, desk.names_in(content), to_firm=desk.of_firm),
        "files": files,
        "may_withdraw": desk.may_submit and Status(desk.application.status) in _WITHDRAWABLE,
    }


def _sections(desk: Desk, latest: Submission | None) -> dict[str, dict[str, str]]:
    """The sections as submitted, or as they stand; whom the firm named only for the firm."""
    if latest is None:
        return desk.data
    if desk.of_firm:
        return named.put_back(latest.content)
    sections: dict[str, dict[str, str]] = latest.content["sections"]
    return sections


_WITHDRAWABLE = frozenset(
    {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.RECOMMENDED, Status.ELIGIBLE}
)


def _files(desk: Desk, submitted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The submitted files under the guide's names for them."""
    from applications.readiness import document_name

    names = {d["code"]: document_name(d) for d in desk.application.call.required_documents}
    return [
        {**file, "document_name": names.get(file["document"], _("Other"))} for file in submitted
    ]


@login_required
@require_safe
def versions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every submitted version, and what each changed."""
    desk = Desk(request, pk)
    submissions = dossiers.submissions_of(desk.application)
    if not submissions:
        raise NotVisible
    pairs = [
        {
            "submission": newer,
            "older": older,
            "changes": reading.difference(older.content, newer.content, desk.names)
            if older
            else [],
        }
        for newer, older in zip(submissions, [*submissions[1:], None], strict=True)
    ]
    return render(request, "applications/versions.html", desk.context(pairs=pairs))


@login_required
@require_safe
def edits(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who changed which fields when, while the dossier was filled in; for the firm's people."""
    desk = Desk(request, pk)
    if not desk.of_firm:
        raise NotVisible
    events = events_of(desk.application).filter(
        action__in=("application.save_section", "application.add_file", "application.remove_file")
    )
    page = Paginator(events.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    rows = [reading.edit_row(event) for event in page]
    return render(request, "applications/edits.html", desk.context(page=page, rows=rows))


@login_required
@require_safe
def receipt(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """The numbered receipt of one version, to print."""
    desk = Desk(request, pk)
    submission = get_object_or_404(
        desk.application.submissions.select_related("submitted_by"), version=version
    )
    figures = submission.content["figures"]
    context = desk.context(submission=submission, requested=figures["requested_yuan"])
    return render(request, "applications/receipt.html", context)


@login_required
@require_safe
def receipt_document(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """The same as PDF."""
    desk = Desk(request, pk)
    submission = get_object_or_404(
        desk.application.submissions.select_related("submitted_by"), version=version
    )
    submission.application = desk.application
    return paper_response(receipt_paper(submission))
