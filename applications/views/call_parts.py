"""The parts of a call's draft: each a form and what it does with what was entered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from applications import call_content, call_reading
from applications.call_rules import CallRules
from applications.forms import calls as forms
from applications.forms.rules import RulesForm
from applications.models import Call, CallEdition
from applications.services import calls as acts
from applications.services.call_rows import CallInvalid
from applications.sheet import default_hearing_sheet, default_sheet
from audit.refusals import Refused


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its words, the fields it fills, and the page that edits it."""

    code: str
    title: str | Promise
    fields: frozenset[str]
    page: Callable[[SignedInRequest, Call], HttpResponse]


def add_problems(form: Any, refusal: CallInvalid) -> None:
    """A refused call's problems at the fields they belong to."""
    for name, sentence in refusal.problems:
        form.add_error(name if name in form.fields else None, str(sentence))


def _save(request: SignedInRequest, call: Call, form: Any, **fields: Any) -> HttpResponse | None:
    """Save and go back to the call, or None with the problems on the form."""
    try:
        acts.edit_call(call=call, by=request.user, **fields)
    except CallInvalid as refusal:
        add_problems(form, refusal)
        return None
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
    messages.success(request, _("Saved."))
    return redirect("applications:call", call.pk)


def _show(request: SignedInRequest, call: Call, template: str, **context: Any) -> HttpResponse:
    return render(
        request,
        template,
        {"call": call, "nav_current": "applications:call_list", **context},
    )


def basics(request: SignedInRequest, call: Call) -> HttpResponse:
    form = forms.BasicsForm(request.POST or None, initial=forms.basics_initial(call))
    if request.method == "POST" and form.is_valid():
        answer = _save(request, call, form, **form.cleaned_data)
        if answer is not None:
            return answer
    return _show(request, call, "applications/call_form.html", form=form, part=PARTS["basics"])


def guide(request: SignedInRequest, call: Call) -> HttpResponse:
    initial = {"guide_zh": call.guide_zh, "guide_en": call.guide_en}
    form = forms.GuideForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, call, form, **form.cleaned_data)
        if answer is not None:
            return answer
    return _show(request, call, "applications/call_form.html", form=form, part=PARTS["guide"])


def rules(request: SignedInRequest, call: Call) -> HttpResponse:
    form = RulesForm(request.POST or None, rules=call.rules)
    if request.method == "POST" and form.is_valid():
        answer = _save(request, call, form, rules=form.cleaned_data["rules"])
        if answer is not None:
            return answer
    return _show(request, call, "applications/call_rules.html", form=form, part=PARTS["rules"])


def _list_part(code: str, field: str, words: str, mark: str, mark_label: Any) -> Any:
    def page(request: SignedInRequest, call: Call) -> HttpResponse:
        initial = forms.list_rows(getattr(call, field), words, mark)
        formset = forms.ListFormSet(request.POST or None, initial=initial, prefix="rows")
        problem = ""
        if request.method == "POST" and formset.is_valid():
            items = forms.rows_list([f.cleaned_data for f in formset], words, mark)
            try:
                acts.edit_call(call=call, by=request.user, **{field: items})
            except Refused as refusal:
                problem = str(refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect("applications:call", call.pk)
        return _show(
            request,
            call,
            "applications/call_rows.html",
            formset=formset,
            part=PARTS[code],
            mark_label=mark_label,
            problem=problem,
        )

    return page


def _sheet_part(field: str, default: Callable[[], list[Any]], file: str) -> Any:
    """The page of one of a call's sheets; `file`: the address of the sheet as it stands."""

    def page(request: SignedInRequest, call: Call) -> HttpResponse:
        if request.method == "POST" and request.POST.get("default") == "yes":
            return _take_default_sheet(request, call, {field: default()})
        form = forms.SheetForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            answer = _save(request, call, form, **{field: form.cleaned_data["upload"]})
            if answer is not None:
                return answer
        return _show(
            request,
            call,
            "applications/call_sheet.html",
            form=form,
            part=PARTS[field],
            rows=call_reading.sheet_rows(getattr(call, field)),
            file=file,
        )

    return page


def _take_default_sheet(
    request: SignedInRequest, call: Call, fields: dict[str, list[Any]]
) -> HttpResponse:
    try:
        acts.edit_call(call=call, by=request.user, **fields)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return redirect("applications:call", call.pk)


PARTS: dict[str, Part] = {
    "basics": Part(
        "basics",
        gettext_lazy("Basics"),
        frozenset(forms.BasicsForm.base_fields) | {"year", "scheme"},
        basics,
    ),
    "guide": Part("guide", gettext_lazy("Guide"), frozenset({"guide_zh", "guide_en"}), guide),
    "rules": Part("rules", gettext_lazy("Rules"), frozenset({"rules"}), rules),
    "documents": Part(
        "documents",
        gettext_lazy("Required documents"),
        frozenset({"required_documents"}),
        _list_part("documents", "required_documents", "name", "required", gettext_lazy("required")),
    ),
    "screening": Part(
        "screening",
        gettext_lazy("Screening list"),
        frozenset({"screening_items"}),
        _list_part("screening", "screening_items", "text", "veto", gettext_lazy("veto")),
    ),
    "sheet": Part(
        "sheet",
        gettext_lazy("Score sheet"),
        frozenset({"sheet"}),
        _sheet_part("sheet", default_sheet, "applications:call_sheet"),
    ),
    "hearing_sheet": Part(
        "hearing_sheet",
        gettext_lazy("Score sheet of the hearing"),
        frozenset({"hearing_sheet"}),
        _sheet_part("hearing_sheet", default_hearing_sheet, "applications:call_hearing_sheet"),
    ),
}


def summaries(call: Call) -> list[dict[str, Any]]:
    """Each part with its problems, for the call's page."""
    problems = call_content.problems_of(call)
    return [
        {
            "code": part.code,
            "title": part.title,
            "problems": [_named(*problem) for problem in problems if problem[0] in part.fields],
        }
        for part in PARTS.values()
        if part.code != "hearing_sheet" or CallRules.is_hearing_in(call.rules)
    ]


def _named(name: str, sentence: str | Promise) -> str:
    """The sentence with the label of its field before it, away from the field's own form."""
    fields = {**forms.BasicsForm.base_fields, **forms.GuideForm.base_fields}
    return f"{fields[name].label}{_(': ')}{sentence}" if name in fields else str(sentence)


def frozen(edition: CallEdition) -> dict[str, Any]:
    """An edition's content, ready to show in the reader's language."""
    content = edition.content
    english = (get_language() or "").startswith("en")
    return {
        "name": content["name_en" if english else "name_zh"],
        "guide": content["guide_en" if english else "guide_zh"],
        "opens_at": datetime.fromisoformat(content["opens_at"]),
        "closes_at": datetime.fromisoformat(content["closes_at"]),
        "envelope": Decimal(content["envelope"]),
        "max_request": Decimal(content["max_request"]),
        "contact": content["contact"],
        "complaint_line": content["complaint_line"],
        "rules": call_reading.rule_rows(CallRules.from_data(content["rules"])),
        "sheet": call_reading.sheet_rows(content["sheet"]),
        "hearing_sheet": call_reading.sheet_rows(content.get("hearing_sheet")),
        "documents": call_reading.listed(content["required_documents"], "name", "required"),
        "screening": call_reading.listed(content["screening_items"], "text", "veto"),
    }
