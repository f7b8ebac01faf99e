"""The funding list: where the line falls, and which act is this person's."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.call_reading import quota_rows
from applications.models import Call, CallStatus
from applications.stages import rail
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit.refusals import Invalid, NotPermitted
from awards import rules
from awards.forms.lists import AllocationForm, ApproveForm, DeviationForm, SendBackForm
from awards.models import Deviation, FundingItem, FundingList, Minutes
from awards.selectors import line_rows, lists
from awards.services.endings import can_close
from awards.services.line import compute_line
from calendars.wording import day_text

PAGE_SIZE = 50


def guard(request: SignedInRequest) -> None:
    """Raise NotPermitted unless sums and lists are open to the person before publication."""
    if not rules.sees_funding(request.user):
        raise NotPermitted(
            _("Sums and lists are open to the province's officers until they are published.")
        )


def call_of(request: SignedInRequest, number: str) -> Call:
    guard(request)
    return get_object_or_404(Call.objects.select_related("scheme"), number=number)


def list_of(request: SignedInRequest, number: str) -> FundingList:
    """The newest version of the call's list, or 404."""
    guard(request)
    found = lists.list_by_number(number)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def funding_lists(request: SignedInRequest) -> HttpResponse:
    """The calls whose ranking stands, with the state of their list."""
    guard(request)
    page: Any = Paginator(lists.calls_with_ranking(), PAGE_SIZE).get_page(request.GET.get("page"))
    newest = lists.newest_lists(page.object_list)
    page.object_list = [{"call": call, "list": newest.get(call.pk)} for call in page.object_list]
    return render(
        request, "awards/funding_lists.html", {"page": page, "nav_current": "awards:funding_list"}
    )


@login_required
@require_safe
def funding_list(request: SignedInRequest, number: str) -> HttpResponse:
    """The list of one call with the line drawn through it."""
    return page(request, call_of(request, number))


def page(request: SignedInRequest, call: Call, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with its forms; a form that was refused comes back bound."""
    found = lists.latest_list(call)
    today = request.clock.today
    context: dict[str, Any] = {
        "call": call,
        "list": found,
        "steps": rail(call, request.clock.now),
        "nav_current": "awards:funding_list",
        "can_draw": has_role(request.user, Role.PROGRAMME_OFFICER)
        and call.status == CallStatus.RANKED
        and (found is None or found.status == "sent_back"),
    }
    if found is not None:
        items = lists.items_of(found)
        context |= _weighed(found, items) | _acts(request.user, call, found, items, today)
        context |= {
            "deviation_form": forms.get("deviation") or DeviationForm(projects=projects(items)),
            "back_form": forms.get("back") or SendBackForm(),
            "allocation_form": forms.get("allocation")
            or AllocationForm(initial={"issued_on": today}),
            "deviating": "deviation" in forms,
        }
        if context["can_decide"]:
            choices = minutes_choices(lists.minutes_of(call))
            context["has_minutes"] = bool(choices)
            context["approve_form"] = forms.get("approve") or ApproveForm(minutes=choices)
    return render(request, "awards/funding_list.html", context, status=status)


def _weighed(found: FundingList, items: list[FundingItem]) -> dict[str, Any]:
    """The list's rows, lines, figures and beam."""
    deviations = lists.deviations_of(found)
    standing = {d.application_id: d for d in deviations if d.refused_at is None}
    cut = line_rows.cut_of(items, found.envelope, shared=found.call.rule_set.panels == "quota")
    ghosts = _ghosts(found, list(standing.values()), cut)
    rows = line_rows.rows_of(items, cut, ghosts, standing)
    running = Decimal(0)
    for row in rows:
        running += row["item"].amount if row["funded"] else 0
        state, kind = line_rows.state_of(row["item"], found)
        row |= {"state": state, "cumulative": running, "decided": kind == "status"}
        row["state_label"] = (
            STATUS_NAMES[Status(state)] if kind == "status" else row["item"].get_outcome_display()
        )
    return {
        "rows": rows,
        "cut": cut,
        "ghosts": ghosts,
        "cut_last": cut.after == len(items),
        "ghost_last": next((k for k, g in ghosts.items() if g.after == len(items)), ""),
        "maxima": lists.maxima_of(found.call),
        "quotas": quota_rows(found.call.rule_set),
        "scale": {"step": line_rows.step_for(found.envelope)},
        "floor": found.ranking.rules.get("floor", ""),
        "totals": lists.totals(items),
        "loads": line_rows.loads_of(items),
        "deviations": deviations,
        "open_deviations": [d for d in deviations if not d.confirmed_at and not d.refused_at],
    }


def _ghosts(
    found: FundingList, standing: list[Deviation], cut: line_rows.Cut
) -> dict[str, line_rows.Cut]:
    """Where the line would fall without the agreed deviations, and if the open ones are agreed."""
    ghosts: dict[str, line_rows.Cut] = {}
    if found.status == "approved":
        return ghosts
    wanted: dict[str, list[Deviation]] = {}
    if any(d.confirmed_at for d in standing):
        wanted["without"] = []
    if any(d.confirmed_at is None for d in standing):
        wanted["agreed"] = standing
    for key, deviations in wanted.items():
        try:
            line = compute_line(found.ranking, found.envelope, found.mode, deviations)
        except Invalid:
            continue
        ghost = line_rows.ghost_of(line)
        if ghost.after != cut.after:
            ghosts[key] = ghost
    return ghosts


def _acts(
    user: User, call: Call, found: FundingList, items: list[FundingItem], today: date
) -> dict[str, Any]:
    """Which acts are this person's now. The services ask again."""
    officer, approver = has_role(user, Role.PROGRAMME_OFFICER), has_role(user, Role.APPROVER)
    draft, approved = found.status == "draft", found.status == "approved"
    states = {item.application.status for item in items}
    undecided = {Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD} & states
    return {
        "can_deviate": officer and draft,
        "can_submit": officer and draft,
        "can_decide": approver and found.status == "submitted" and found.drawn_by_id != user.pk,
        "own_list": approver and found.status == "submitted" and found.drawn_by_id == user.pk,
        "can_publish": officer and approved and lists.ready_for_notice(items),
        "can_award": approver and approved and lists.ripe_count(call, today) > 0,
        "can_allocate": has_role(user, Role.FINANCE_OFFICER)
        and approved
        and lists.awards_of(call).filter(allocation=None, revoked_at=None).exists(),
        "can_close_reserve": officer and approved and Status.RESERVE in states and not undecided,
        "can_close_call": officer and approved and can_close(call),
        "may_take_off": approver and approved,
        "may_settle": draft and (officer or approver),
    }


def minutes_choices(rows: list[Minutes]) -> list[tuple[int, str]]:
    """Choices of the approval's form, the newest first."""
    language = get_language() or "zh"
    return [
        (row.pk, f"{row.number}（{day_text(row.held_on, language, year_now=None)}）")
        for row in rows
    ]


def projects(items: list[FundingItem]) -> list[tuple[int, str]]:
    """Choices of the deviation's form: who has a rank."""
    return [
        (i.application_id, f"{i.rank} {i.application.title}") for i in items if i.rank is not None
    ]
