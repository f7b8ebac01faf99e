"""The funding list: where the line falls, deviations by two people, submission, decision."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from applications.models import Application, Call, CallStatus
from audit.refusals import NotPermitted, Refused
from awards import rules
from awards.forms.lists import AllocationForm, ApproveForm, DeviationForm, ReasonForm
from awards.models import Deviation, FundingItem, FundingList, Outcome
from awards.selectors import lists
from awards.services import decisions, funding, notices


def _guard(request: SignedInRequest) -> None:
    if not rules.sees_funding(request.user):
        raise NotPermitted(
            _("Sums and lists are open to the province's officers until they are published.")
        )


@login_required
@require_GET
def funding_lists(request: SignedInRequest) -> HttpResponse:
    """The calls whose ranking stands, with the state of their list."""
    _guard(request)
    latest: dict[int, FundingList] = {}
    for row in FundingList.objects.order_by("version"):
        latest[row.call_id] = row
    rows = [{"call": call, "list": latest.get(call.pk)} for call in lists.calls_with_ranking()]
    return render(
        request, "awards/funding_lists.html", {"rows": rows, "nav_current": "awards:funding_list"}
    )


def _call(request: SignedInRequest, number: str) -> Call:
    _guard(request)
    return get_object_or_404(Call.objects.select_related("scheme"), number=number)


@login_required
@require_GET
def funding_list(request: SignedInRequest, number: str) -> HttpResponse:
    """The list of one call with the line drawn through it."""
    return _page(request, _call(request, number))


def _page(request: SignedInRequest, call: Call, status: int = 200, **forms: Any) -> HttpResponse:
    found = lists.latest_list(call)
    items = lists.items_of(found) if found else []
    user = request.user
    officer, approver = has_role(user, Role.PROGRAMME_OFFICER), has_role(user, Role.APPROVER)
    deviations = (
        list(found.deviations.select_related("application", "proposed_by", "confirmed_by"))
        if found
        else []
    )
    open_ = [d for d in deviations if d.confirmed_at is None and d.refused_at is None]
    draft = found is not None and found.status == "draft"
    context = {
        "call": call,
        "list": found,
        "rows": _rows(items, {d.application_id: d for d in deviations if d.refused_at is None}),
        "totals": lists.totals(items),
        "loads": [(i.amount, i.application.title) for i in items if i.amount],
        "open_deviations": open_,
        "can_draw": officer
        and call.status == CallStatus.RANKED
        and (found is None or found.status == "sent_back"),
        "can_deviate": officer and draft,
        "can_submit": officer and draft,
        "can_decide": approver
        and found is not None
        and found.status == "submitted"
        and found.drawn_by_id != user.pk,
        "can_publish": officer and found is not None and _waits_for_notice(found),
        "can_award": approver and decisions.ripe_count(call) > 0,
        "can_allocate": has_role(user, Role.FINANCE_OFFICER)
        and lists.awards_of(call).filter(allocation=None).exists(),
        "may_settle": {
            d.pk for d in open_ if d.proposed_by_id != user.pk and (officer or approver)
        },
        "deviation_form": forms.get("deviation") or DeviationForm(projects=_projects(items)),
        "approve_form": forms.get("approve") or ApproveForm(),
        "back_form": forms.get("back") or ReasonForm(),
        "allocation_form": forms.get("allocation")
        or AllocationForm(initial={"issued_on": request.clock.today}),
        "nav_current": "awards:funding_list",
    }
    return render(request, "awards/funding_list.html", context, status=status)


def _waits_for_notice(found: FundingList) -> bool:
    return (
        found.status == "approved" and found.items.filter(application__status="proposed").exists()
    )


def _projects(items: list[FundingItem]) -> list[tuple[int, str]]:
    return [(i.application_id, f"{i.rank or '—'} {i.application.title}") for i in items]


def _rows(items: list[FundingItem], deviations: dict[int, Deviation]) -> list[dict[str, Any]]:
    """Items with what the page shows; `line` marks the first one below the funding line."""
    rows: list[dict[str, Any]] = []
    below = False
    for item in items:
        funded = item.outcome in (Outcome.FUNDED, Outcome.PARTIAL)
        rows.append(
            {
                "item": item,
                "application": item.application,
                "entry": item.entry,  # type: ignore[attr-defined]  # set by the selector
                "funded": funded,
                "line": not funded and not below and bool(rows),
                "deviation": deviations.get(item.application_id),
            }
        )
        below = below or not funded
    return rows


@login_required
@require_POST
def draw(request: SignedInRequest, number: str) -> HttpResponse:
    """Draw the line on the latest ranking."""
    funding.draw_funding_list(call=_call(request, number), by=request.user)
    messages.success(
        request, _("The line is drawn by the call's rules. Check it, then submit it for decision.")
    )
    return redirect("awards:funding", number=number)


def _list(request: SignedInRequest, number: str) -> FundingList:
    found = lists.latest_list(_call(request, number))
    if found is None:
        raise Http404
    return found


@login_required
@require_POST
def deviate(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask for a deviation; a second person settles it."""
    found = _list(request, number)
    form = DeviationForm(request.POST, projects=_projects(lists.items_of(found)))
    if form.is_valid():
        try:
            funding.propose_deviation(
                funding_list=found,
                application=Application.objects.get(pk=form.cleaned_data["application"]),
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refused:
            form.add_error(
                refused.field if refused.field in form.fields else None, str(refused.message)
            )
        else:
            messages.success(request, _("Recorded. It counts once a second person agrees."))
            return redirect("awards:funding", number=number)
    return _page(request, found.call, 422, deviation=form)


@login_required
@require_POST
def settle(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person agrees to a deviation or refuses it."""
    _guard(request)
    deviation = get_object_or_404(Deviation.objects.select_related("funding_list__call"), pk=pk)
    if "confirm" in request.POST:
        funding.confirm_deviation(deviation=deviation, by=request.user)
        messages.success(request, _("Agreed; the line was drawn anew."))
    else:
        funding.refuse_deviation(deviation=deviation, by=request.user)
        messages.success(request, _("Refused; the list stays as the rules draw it."))
    return redirect("awards:funding", number=deviation.funding_list.call.number)


@login_required
@require_POST
def submit(request: SignedInRequest, number: str) -> HttpResponse:
    """Submit the list for decision."""
    funding.submit_list(funding_list=_list(request, number), by=request.user)
    messages.success(request, _("Submitted for decision."))
    return redirect("awards:funding", number=number)


@login_required
@require_POST
def decide(request: SignedInRequest, number: str) -> HttpResponse:
    """The approver approves the list or sends it back."""
    found = _list(request, number)
    back = "back" in request.POST
    form: Any = ReasonForm(request.POST) if back else ApproveForm(request.POST)
    if form.is_valid():
        try:
            if back:
                funding.send_back_list(
                    funding_list=found, note=form.cleaned_data["note"], by=request.user
                )
                messages.success(request, _("Sent back with your reason."))
            else:
                funding.approve_list(funding_list=found, by=request.user, **form.cleaned_data)
                messages.success(request, _("Approved. The officer can publish the notice."))
        except Refused as refused:
            form.add_error(
                refused.field if refused.field in form.fields else None, str(refused.message)
            )
        else:
            return redirect("awards:funding", number=number)
    return _page(request, found.call, 422, **{"back" if back else "approve": form})


@login_required
@require_POST
def publish(request: SignedInRequest, number: str) -> HttpResponse:
    """Publish the notice of every proposed project that has none yet."""
    notice = notices.publish_notice(call=_call(request, number), by=request.user)
    messages.success(request, _("Published: notice %(number)s.") % {"number": notice.number})
    return redirect("portal:public_notice", number=notice.number)


@login_required
@require_POST
def award(request: SignedInRequest, number: str) -> HttpResponse:
    """Award what the notice period has let pass."""
    made = decisions.award(call=_call(request, number), by=request.user)
    messages.success(
        request,
        _("%(count)s projects awarded; secretaries are being appointed.") % {"count": len(made)},
    )
    return redirect("awards:funding", number=number)


@login_required
@require_POST
def allocate(request: SignedInRequest, number: str) -> HttpResponse:
    """Record the finance department's allocation notice."""
    call, form = _call(request, number), AllocationForm(request.POST)
    if not has_any_role(request.user, Role.FINANCE_OFFICER):
        raise NotPermitted
    if form.is_valid():
        try:
            decisions.record_allocation(call=call, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(
                refused.field if refused.field in form.fields else None, str(refused.message)
            )
        else:
            messages.success(request, _("Recorded for every award without one."))
            return redirect("awards:funding", number=number)
    return _page(request, call, 422, allocation=form)
