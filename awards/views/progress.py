"""A project under way: quarterly reports with their due dates, and the mid-term check."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role, is_owner
from awards.forms.project import MidTermForm, ReasonForm, ReportForm
from awards.models import REPORT_STATES, Award, MidTermCheck, ProgressReport
from awards.selectors.firm_acts import to_check
from awards.selectors.progress import REPORTING, Owed, owed
from awards.services import progress as services
from awards.views.acting import Act, award_of, carried_out, drawn
from calendars.selectors import working_days
from secretaries.rules import verifies


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every quarter since the agreement, what was reported of it, and what this person does."""
    award = award_of(request, pk)
    reports = list(
        ProgressReport.objects.filter(award=award).select_related("submitted_by", "settled_by")
    )
    checks = list(MidTermCheck.objects.filter(award=award).select_related("checked_by"))
    for report in reports:
        report.award = award
    rows = owed(award, reports, request.clock.now, working_days())
    confirms = _confirms(request, award)
    blocked = to_check().filter(award=award).first()
    acts = _acts(request, award, rows, reports, checks, confirms=confirms, due=bool(blocked))
    forms = drawn(acts)
    if request.method == "POST":
        concerned = confirms or is_owner(request.user, award.application.firm_id)
        left = carried_out(request, acts, concerned=concerned)
        if left is None:
            return redirect("awards:progress", pk=pk)
        forms = left
    context = {
        "award": award,
        "application": award.application,
        "rows": [_row(one, reports) for one in rows],
        "checks": checks[::-1],
        "blocked": blocked,
        "reporting": award.application.status in REPORTING,
        "acts": forms,
        "nav_current": "applications:dossier_list",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/progress.html", context, status=status)


def _confirms(request: SignedInRequest, award: Award) -> bool:
    return has_role(request.user, Role.PROGRAMME_OFFICER) or verifies(
        request.user, award.application, request.clock.today
    )


def _row(one: Owed, reports: list[ProgressReport]) -> dict[str, Any]:
    """A quarter with its standing report and those that were returned."""
    place = (one.quarter.year, one.quarter.number)
    return {
        "owed": one,
        "report": one.report,
        "label": REPORT_STATES[one.report.status] if one.report else "",
        "returned": [r for r in reports if r.status == "returned" and (r.year, r.quarter) == place],
    }


def _acts(
    request: SignedInRequest,
    award: Award,
    rows: list[Owed],
    reports: list[ProgressReport],
    checks: list[MidTermCheck],
    *,
    confirms: bool,
    due: bool,
) -> list[Act]:
    """What the person may do now; the services ask again. `due`: an instalment waits for the
    mid-term check."""
    if award.application.status not in REPORTING:
        return []
    user = request.user
    missing = [one for one in rows if one.report is None]
    acts: list[Act] = []
    if missing and is_owner(user, award.application.firm_id):
        acts.append(_report(user, award, missing[-1]))
    if confirms:
        waiting = next((row for row in reports if row.status == "submitted"), None)
        if waiting is not None:
            acts += _confirm(user, waiting)
        if not (checks and checks[-1].passed):
            acts.append(_check(request, award, due=due))
    return acts


def _report(user: User, award: Award, one: Owed) -> Act:
    names = {"year": one.quarter.year, "number": one.quarter.number}
    return Act(
        name="report",
        title=_("Report on quarter %(number)s of %(year)s") % names,
        verb=_("Submit the report"),
        form=ReportForm,
        do=lambda values: services.submit_report(
            award=award, quarter=one.quarter, by=user, **values
        ),
        done=_("Submitted. Your service secretary or the office confirms it."),
    )


def _confirm(user: User, row: ProgressReport) -> Iterator[Act]:
    names = {"year": row.year, "number": row.quarter}
    yield Act(
        name="confirm",
        title=_("Confirm the report on quarter %(number)s of %(year)s") % names,
        verb=_("Confirm the report"),
        form=partial(ReasonForm, label=_("What you compared it with")),
        do=lambda values: services.confirm_report(report=row, text=values["reason"], by=user),
        done=_("Confirmed."),
    )
    yield Act(
        name="return",
        title=_("Return the report on quarter %(number)s of %(year)s") % names,
        verb=_("Return to the firm"),
        form=partial(ReasonForm, label=_("What has to be put right")),
        do=lambda values: services.return_report(report=row, by=user, **values),
        done=_("Returned to the firm with your reason."),
        folded=True,
    )


def _check(request: SignedInRequest, award: Award, *, due: bool) -> Act:
    return Act(
        name="check",
        title=_("Record the mid-term check"),
        verb=_("Record the mid-term check"),
        form=partial(MidTermForm, initial={"on": request.clock.today}),
        do=lambda values: services.check_mid_term(award=award, by=request.user, **values),
        done=_("Recorded. The firm has been told."),
        folded=not due,
    )
