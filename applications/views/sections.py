"""Filling in one section: form, autosave, and the page of two versions when two people typed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from applications import reading, sections, tasklist
from applications.forms.sections import SectionForm
from applications.models import Section
from applications.services import dossiers as acts
from applications.services.dossiers import SectionConflict, SectionInvalid
from applications.views import commitment, files
from applications.views.desk import Desk
from audit.refusals import NotVisible, Refused

CONFLICT = 409


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """One section of the dossier: read it, fill it in, save it."""
    desk = Desk(request, pk)
    if code not in sections.BY_CODE or not desk.of_firm:
        raise NotVisible
    if code == "attachments":
        return files.page(desk)
    if code == "commitment" and request.method == "GET" and not commitment.is_open(desk):
        return redirect("applications:check", pk)
    row = _row(desk, code)
    if request.method == "GET":
        show_missing = "missing" in request.GET and desk.may_edit and desk.is_fillable
        return _page(desk, row, _form(desk, row, show_missing=show_missing))
    return _save(desk, row, SectionForm(sections.BY_CODE[code], request.POST))


def _save(desk: Desk, row: Section, form: SectionForm) -> HttpResponse:
    """Save and go on, or show what stands in the way with everything that was typed."""
    if not form.is_valid():
        return _page(desk, row, form)
    try:
        saved = acts.save_section(
            application=desk.application,
            code=row.code,
            data=form.cleaned_data,
            version=_version(desk.request),
            by=desk.user,
        )
    except SectionConflict as conflict:
        return _conflict_page(desk, conflict.current, form)
    except Refused as refusal:
        _add_problems(form, refusal)
        return _page(desk, row, form)
    return _onward(desk, saved)


def _add_problems(form: SectionForm, refusal: Refused) -> None:
    problems = {refusal.field or "": refusal.message}
    if isinstance(refusal, SectionInvalid):
        problems = refusal.problems
    for name, problem in problems.items():
        form.add_error(name if name in form.fields else None, str(problem))


def _version(request: SignedInRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _row(desk: Desk, code: str) -> Section:
    return next(row for row in desk.rows if row.code == code)


def _form(desk: Desk, row: Section, *, show_missing: bool = False) -> SectionForm:
    spec = sections.BY_CODE[row.code]
    form = SectionForm(spec, stored=row.data)
    if show_missing:
        form = SectionForm(
            spec, {f.name: f.for_input(row.data.get(f.name, "")) for f in spec.fields}
        )
        form.is_valid()
        for field in sections.missing(row.code, row.data):
            form.add_error(field.name, _("This is needed to complete the part."))
    return form


def _page(desk: Desk, row: Section, form: SectionForm) -> HttpResponse:
    """The section; what was refused stays in the form, with the version it was read at."""
    for found in desk.readiness.contradictions_in(row.code):
        form.warnings.setdefault(found.field, []).append(str(found.text))
    refused = desk.request.method == "POST"
    editable = refused or (desk.may_edit and desk.is_fillable)
    place = sections.CODES.index(row.code) + 1
    context = desk.context(
        spec=form.spec,
        row=row,
        version=_version(desk.request) if refused else row.version,
        form=form,
        groups=_groups(desk, form),
        place=place,
        of=len(sections.CODES),
        editable=editable,
        reasons=_reasons(desk, row.code),
        content=[]
        if editable
        else reading.section_rows(row.code, row.data, desk.names, to_firm=True),
        **_tasks(desk, row.code),
    )
    return render(desk.request, "applications/section.html", context)


def _tasks(desk: Desk, code: str) -> dict[str, Any]:
    tasks = desk.tasks(code)
    return {
        "tasks": tasks,
        "done": sum(task.done for task in tasks),
        "next_task": tasklist.next_open(tasks, after=code),
    }


def _reasons(desk: Desk, code: str) -> list[str]:
    """What the correction asks of this section."""
    if desk.correction is None:
        return []
    return [r["text"] for r in desk.correction.reasons if r.get("section") == code]


def _groups(desk: Desk, form: SectionForm) -> list[dict[str, Any]]:
    """The form's groups; under each row the lines computed from its figures."""
    lines = desk.calculations(form.spec.code)
    groups = form.groups()
    for row in (row for group in groups for row in group["rows"]):
        row["id"] = f"calc-{row['names'][0]}"
        row["lines"] = [line for line in lines if line.after in row["names"]]
    return groups


def _onward(desk: Desk, saved: Section) -> HttpResponse:
    request, pk = desk.request, desk.application.pk
    desk.rows = [saved if row.code == saved.code else row for row in desk.rows]
    then = request.POST.get("then", "")
    if then == "complete" and not saved.complete:
        messages.warning(request, _("Saved. Some answers are still missing in this part."))
        return redirect(f"{request.path}?missing=1")
    if then == "complete" and any(
        found.blocks for found in desk.readiness.contradictions_in(saved.code)
    ):
        messages.warning(request, _("Saved. Figures in this part contradict each other."))
        return redirect("applications:section", pk, saved.code)
    messages.success(request, _("Saved."))
    following = tasklist.next_open(desk.tasks(), after=saved.code)
    if following is None:
        return redirect("applications:check", pk)
    return redirect(following.url)


@login_required
@require_POST
def autosave(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Save while typing; answers with what changed on the page."""
    desk = Desk(request, pk)
    if code not in sections.BY_CODE or code == "attachments" or not desk.of_firm:
        raise NotVisible
    form = SectionForm(sections.BY_CODE[code], request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        return _refused(request, f"{label}{_(': ')}{problems[0]}", 422)
    try:
        saved = acts.save_section(
            application=desk.application,
            code=code,
            data=form.cleaned_data,
            version=_version(request),
            by=request.user,
        )
    except SectionConflict:
        words = _("Somebody saved this part in another tab. Press “Save” to see both versions.")
        return _refused(request, words, CONFLICT)
    except Refused as refusal:
        return _refused(request, str(refusal), 422)
    return _saved(desk, saved)


def _refused(request: SignedInRequest, message: str, status: int) -> HttpResponse:
    return render(request, "components/autosave_refused.html", {"message": message}, status=status)


def _saved(desk: Desk, saved: Section) -> HttpResponse:
    form = SectionForm(sections.BY_CODE[saved.code], stored=saved.data)
    for found in desk.readiness.contradictions_in(saved.code):
        form.warnings.setdefault(found.field, []).append(str(found.text))
    return render(
        desk.request,
        "applications/section_saved.html",
        {
            "version": saved.version,
            "saved_at": saved.updated_at,
            "groups": _groups(desk, form),
            "form": form,
            **_tasks(desk, saved.code),
        },
    )


def _conflict_page(desk: Desk, current: Section, form: SectionForm) -> HttpResponse:
    """Both versions side by side; nothing is lost until the person chooses."""
    spec, theirs, mine = form.spec, current.data, form.cleaned_data
    rows = [
        {
            "field": field,
            "theirs": reading.shown(field, theirs, desk.names),
            "mine": reading.shown(field, mine, desk.names),
            "theirs_raw": field.for_input(theirs.get(field.name, "")),
            "mine_raw": form.typed()[field.name],
            "differs": theirs.get(field.name, "") != mine.get(field.name, ""),
        }
        for field in spec.fields
    ]
    context = desk.context(
        spec=spec,
        row=current,
        same=[row for row in rows if not row["differs"]],
        differing=[row for row in rows if row["differs"]],
    )
    return render(desk.request, "applications/conflict.html", context, status=CONFLICT)


@login_required
@require_POST
def merge(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Save the chosen mixture of two versions."""
    desk = Desk(request, pk)
    if code not in sections.BY_CODE or code == "attachments" or not desk.of_firm:
        raise NotVisible
    spec = sections.BY_CODE[code]
    chosen = {
        field.name: request.POST.get(
            f"{request.POST.get(f'{field.name}-choice', 'mine')}-{field.name}", ""
        )
        for field in spec.fields
    }
    return _save(desk, _row(desk, code), SectionForm(spec, chosen))
