"""Setting up calls: list, one call, its parts, publication by a second person."""

import json
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest, form_token
from accounts.rules import is_administrator
from applications import call_content, call_reading, rules
from applications.forms.calls import NewCallForm
from applications.forms.sections import ReasonForm
from applications.models import Call, CallStatus
from applications.selectors import calls as reading
from applications.services import calls as acts
from applications.services import discarding
from applications.services.call_rows import CallInvalid
from applications.views import call_parts
from audit.clock import SHANGHAI
from audit.once import once
from audit.refusals import NotPermitted, NotVisible, Refused, WrongState
from audit.selectors import events_of

PER_PAGE = 50


def _call(request: SignedInRequest, pk: int) -> Call:
    found = get_object_or_404(
        Call.objects.select_related("scheme", "proposed_by", "created_by"), pk=pk
    )
    if not rules.may_see_call(request.user, found):
        raise NotVisible
    return found


@login_required
@require_safe
def call_list(request: SignedInRequest) -> HttpResponse:
    """All calls this person may read."""
    if is_administrator(request.user):
        raise NotPermitted(_("Administrators do not see business data."))
    page = Paginator(reading.calls_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"call": c, "is_open": c.is_open(request.clock.now)} for c in page]
    return render(
        request,
        "applications/call_list.html",
        {"page": page, "rows": rows, "may_write": rules.may_write_call(request.user)},
    )


@login_required
@require_safe
def call(request: SignedInRequest, pk: int) -> HttpResponse:
    """One call: what it says, what is missing, its editions, its way."""
    found = _call(request, pk)
    return _page(request, found)


def _page(
    request: SignedInRequest, found: Call, problems: list[Any] | None = None, status: int = 200
) -> HttpResponse:
    may_write = rules.may_write_call(request.user)
    is_draft = found.status == CallStatus.DRAFT
    day = max(found.opens_at, request.clock.now).astimezone(SHANGHAI).date()
    context = {
        "call": found,
        "nav_current": "applications:call_list",
        "may_write": may_write,
        "may_read_reviews": rules.may_read_draft_calls(request.user),
        "is_draft": is_draft,
        "is_proposed": found.status == CallStatus.PROPOSED,
        "is_own_proposal": found.proposed_by_id == request.user.pk,
        "may_take_back": may_write
        and found.status == CallStatus.PUBLISHED
        and request.clock.now < found.opens_at,
        "may_discard": may_write and is_draft and reading.may_be_discarded(found),
        "parts": call_parts.summaries(found),
        "gaps": call_content.problems_of(found) if is_draft else [],
        "obstacles": reading.budget_problems(found) if found.status in reading.UNPUBLISHED else [],
        "problems": problems or [],
        "review": reading.review_in_force(found.scheme, day),
        "editions": found.editions.select_related("published_by", "proposed_by").order_by(
            "-version"
        ),
        "rules": call_reading.rule_rows(found.rule_set),
        "sheet": call_reading.sheet_rows(found.sheet),
        "hearing_sheet": call_reading.sheet_rows(found.hearing_sheet),
        "documents": call_reading.listed(found.required_documents, "name", "required"),
        "screening": call_reading.listed(found.screening_items, "text", "veto"),
        "timeline": call_reading.timeline(found, events_of(found), request.clock.now),
    }
    return render(request, "applications/call.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """A new draft from the defaults."""
    if not rules.may_write_call(request.user):
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
    form = NewCallForm(request.POST or None, initial={"year": request.clock.today.year})
    if request.method == "POST" and form.is_valid():
        try:
            act = partial(acts.create_call, by=request.user, **form.cleaned_data)
            made = once(Call, form_token(request), act)
        except CallInvalid as refusal:
            call_parts.add_problems(form, refusal)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request,
                _("Draft %(number)s is there. Complete its parts.") % {"number": made.number},
            )
            return redirect("applications:call", made.pk)
    return render(
        request,
        "applications/call_new.html",
        {"form": form, "nav_current": "applications:call_list"},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """One part of a draft."""
    found = _call(request, pk)
    if part not in call_parts.PARTS:
        raise NotVisible
    if not rules.may_write_call(request.user):
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
    if request.method == "GET" and found.status != CallStatus.DRAFT:
        messages.warning(
            request,
            _(
                "The call is not a draft any more. Recall it first; "
                "after opening it stays as it is."
            ),
        )
        return redirect("applications:call", pk)
    return call_parts.PARTS[part].page(request, found)


@login_required
@require_POST
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the draft to a second person."""
    found = _call(request, pk)
    try:
        acts.propose_call(call=found, by=request.user)
    except CallInvalid as refusal:
        return _page(request, found, refusal.problems, refusal.status_code)
    messages.success(request, _("The call waits for another programme officer to publish it."))
    return redirect("applications:call", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish another officer's proposal; GET asks once more, for opening makes it final."""
    found = _call(request, pk)
    if request.method == "GET":
        if not rules.may_write_call(request.user):
            raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
        refused = reading.publication_refused(found, request.user, request.clock.now)
        return render(
            request,
            "applications/call_publish.html",
            {"call": found, "refused": refused, "nav_current": "applications:call_list"},
        )
    try:
        acts.publish_call(call=found, by=request.user)
    except CallInvalid as refusal:
        return _page(request, found, refusal.problems, refusal.status_code)
    messages.success(request, _("Call %(number)s is published.") % {"number": found.number})
    return redirect("applications:call", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """A proposed call back to its draft."""
    found = _call(request, pk)
    own = found.proposed_by_id == request.user.pk
    return _with_reason(
        request,
        found,
        lambda reason: acts.send_back_call(call=found, reason=reason, by=request.user),
        title=_("Recall the proposal") if own else _("Send the call back"),
        needed=not own,
        done=_("The call is a draft again."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """A published call back to its draft, before it opens."""
    found = _call(request, pk)
    return _with_reason(
        request,
        found,
        lambda reason: acts.withdraw_publication(call=found, reason=reason, by=request.user),
        title=_("Take the publication back"),
        needed=True,
        done=_("The call is a draft again; the published edition is kept."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft that was never proposed, taken away; GET asks once more."""
    found = _call(request, pk)
    if request.method == "POST":
        discarding.discard_call(call=found, by=request.user)
        messages.success(request, _("Draft %(number)s is discarded.") % {"number": found.number})
        return redirect("applications:call_list")
    if not rules.may_write_call(request.user):
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
    if not reading.may_be_discarded(found):
        raise WrongState(discarding.NOT_DISCARDED)
    context = {"call": found, "nav_current": "applications:call_list"}
    return render(request, "applications/call_discard.html", context)


def _with_reason(
    request: SignedInRequest, found: Call, act: Any, *, title: str, needed: bool, done: str
) -> HttpResponse:
    if not rules.may_write_call(request.user):
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = needed
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("applications:call", found.pk)
    context = {"call": found, "form": form, "title": title, "nav_current": "applications:call_list"}
    return render(request, "applications/call_reason.html", context)


@login_required
@require_safe
def edition(request: SignedInRequest, pk: int, version: int) -> HttpResponse:
    """An edition word for word, to read and print."""
    found = _call(request, pk)
    kept = get_object_or_404(
        found.editions.select_related("published_by", "proposed_by"), version=version
    )
    context = {
        "call": found,
        "edition": kept,
        "frozen": call_parts.frozen(kept),
        "nav_current": "applications:call_list",
    }
    return render(request, "applications/edition.html", context)


@login_required
@require_safe
def sheet_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The score sheet as a JSON file, to edit and upload again."""
    found = _call(request, pk)
    return _sheet_file(found.sheet, f"score-sheet-{found.number}.json")


@login_required
@require_safe
def hearing_sheet_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The score sheet of the hearing, likewise."""
    found = _call(request, pk)
    return _sheet_file(found.hearing_sheet, f"hearing-sheet-{found.number}.json")


def _sheet_file(tree: Any, name: str) -> HttpResponse:
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
