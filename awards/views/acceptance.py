"""Acceptance of a project: the firm's application, the grade, the second person's word."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role, is_owner
from applications.workflow import Status
from awards.forms.project import AcceptanceForm, GradeForm, ReasonForm
from awards.models import ACCEPTANCE_STATES, GRADE_NAMES, SETTLED, Acceptance, Award, Termination
from awards.selectors.money import last_verified
from awards.selectors.terms import target, terms_of
from awards.services import acceptance as services
from awards.views.acting import Act, award_of, carried_out, drawn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every application of a project for its acceptance, and what this person does next."""
    award = award_of(request, pk)
    found = Acceptance.objects.filter(award=award)
    rows = list(found.select_related("applied_by", "graded_by", "settled_by"))
    for row in rows:
        row.award = award
    ending = Termination.objects.filter(award=award, status="proposed").exists()
    acts = _acts(request.user, award, rows, ending=ending)
    forms = drawn(acts)
    if request.method == "POST":
        concerned = _concerned(request.user, award)
        left = carried_out(request, acts, concerned=concerned)
        if left is None:
            return redirect("awards:acceptance", pk=pk)
        forms = left
    terms = terms_of(award)
    context = {
        "award": award,
        "application": award.application,
        "rows": [_row(row) for row in reversed(rows)],
        "acts": forms,
        "promised": target(terms, "promised_headcount"),
        "planned": target(terms, "fixed_assets_yuan"),
        "verified": last_verified(award),
        "waits": _waits(award, rows),
        "ending": ending,
        "nav_current": "applications:dossier_list",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "awards/acceptance.html", context, status=status)


def _concerned(user: User, award: Award) -> bool:
    return is_owner(user, award.application.firm_id) or has_any_role(user, *services.SECOND)


def _row(row: Acceptance) -> dict[str, object]:
    return {
        "row": row,
        "label": ACCEPTANCE_STATES[row.status],
        "grade": GRADE_NAMES.get(row.grade, ""),
    }


def _open_to_apply(award: Award, rows: list[Acceptance]) -> bool:
    return (
        award.application.status == Status.IN_PROGRESS
        and not any(row.status in ("applied", "graded") for row in rows)
        and not award.instalments.exclude(status__in=SETTLED).exists()
    )


def _waits(award: Award, rows: list[Acceptance]) -> str:
    """With whom it lies, for those who have nothing to do."""
    if award.application.status != Status.IN_PROGRESS:
        return ""
    last = rows[-1].status if rows else ""
    if last == "applied":
        return _("The office evaluates the project.")
    if last == "graded":
        return _("A second person settles the acceptance.")
    if _open_to_apply(award, rows):
        return _("The firm applies for the acceptance with its audit report.")
    return _("The acceptance follows once every instalment is settled.")


def _acts(user: User, award: Award, rows: list[Acceptance], *, ending: bool) -> list[Act]:
    """What the person may do now; the services ask again. `ending`: a termination waits, so that
    the project is not completed."""
    if award.application.status != Status.IN_PROGRESS:
        return []
    row = rows[-1] if rows else None
    if is_owner(user, award.application.firm_id) and _open_to_apply(award, rows):
        return [_apply(user, award)]
    if row is None:
        return []
    if row.status == "applied" and has_role(user, Role.PROGRAMME_OFFICER):
        return _grade(user, row)
    second = has_any_role(user, *services.SECOND) and row.graded_by_id != user.pk
    if row.status == "graded" and second:
        acts = _settle(user, row)
        return acts[1:] if ending and row.grade != "poor" else acts
    return []


def _apply(user: User, award: Award) -> Act:
    return Act(
        name="apply",
        title=_("Apply for the acceptance"),
        verb=_("Apply for the acceptance"),
        form=AcceptanceForm,
        do=lambda values: services.apply(award=award, by=user, **values),
        done=_("Applied. The office evaluates the project."),
    )


def _grade(user: User, row: Acceptance) -> list[Act]:
    return [
        Act(
            name="grade",
            title=_("Evaluate the project"),
            verb=_("Submit the evaluation"),
            form=GradeForm,
            do=lambda values: services.grade(acceptance=row, by=user, **values),
            done=_("Evaluated. A second person settles the acceptance."),
        ),
        Act(
            name="return",
            title=_("Return to the firm"),
            verb=_("Return to the firm"),
            form=partial(ReasonForm, label=_("What is missing")),
            do=lambda values: services.return_to_firm(acceptance=row, by=user, **values),
            done=_("Returned to the firm with your reason."),
            folded=True,
        ),
    ]


def _settle(user: User, row: Acceptance) -> list[Act]:
    poor = row.grade == "poor"
    return [
        Act(
            name="settle",
            title=_("Not accepted") if poor else _("Accept the project"),
            verb=_("Confirm that it is not accepted") if poor else _("Accept the project"),
            text=_(
                "The grade is poor: the firm puts things right and applies again, or the "
                "project is terminated."
            )
            if poor
            else _("The project is completed. This cannot be taken back."),
            form=partial(ReasonForm, label=_("Your finding")),
            do=lambda values: services.settle(acceptance=row, text=values["reason"], by=user),
            done=_("Settled. The firm has been told."),
        ),
        Act(
            name="send_back",
            title=_("Send the evaluation back"),
            verb=_("Send the evaluation back"),
            form=partial(
                ReasonForm,
                label=_("Why you do not agree"),
                hint=_("At least ten characters; the officers read it."),
            ),
            do=lambda values: services.send_back(acceptance=row, by=user, **values),
            done=_("Sent back to the officers."),
            folded=True,
        ),
    ]


@login_required
@require_safe
def audit_report(request: SignedInRequest, pk: int) -> FileResponse:
    """The auditor's report of an application for acceptance."""
    row = Acceptance.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    award_of(request, row.award_id)
    return FileResponse(
        row.report.open("rb"),
        as_attachment=True,
        filename=row.report_name,
        content_type=row.report_type,
    )
