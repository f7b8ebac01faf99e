"""Who may see and do what in a review: asked by services inside their transaction, and by pages."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application, Call
from applications.workflow import Status
from audit.refusals import NotPermitted, NotVisible
from reviews.models import Assignment, AssignmentState, Expert, ExpertInterest

TIES_COUNT_YEARS = 3
SCORABLE = (AssignmentState.OPEN, AssignmentState.FINISHED)
READABLE = (*SCORABLE, AssignmentState.LOCKED)


def require(user: User, *roles: Role) -> None:
    """Raise NotPermitted unless the person holds one of the roles."""
    if not any(has_role(user, role) for role in roles):
        raise NotPermitted(_("Your role does not allow this. Ask a colleague whose role it is."))


def expert_of(user: User) -> Expert:
    """The pool entry of a person who acts as an expert; NotVisible for anybody else."""
    expert = Expert.objects.filter(user=user, active=True).first()
    if expert is None or not has_role(user, Role.EXPERT):
        raise NotVisible
    return expert


def standing(call: Call) -> QuerySet[Application]:
    """The dossiers on a call's panels that are judged: a firm may withdraw until the review opens,
    and the panel keeps the place of what it withdrew.
    """
    return Application.objects.filter(place__panel__call=call).exclude(status=Status.WITHDRAWN)


def own_assignment(user: User, assignment: Assignment) -> Expert:
    """The expert of an assignment, if it is this person's own; otherwise it does not exist for
    them.
    """
    expert = expert_of(user)
    if assignment.expert_id != expert.pk:
        raise NotVisible
    return expert


def conflicts_of(
    experts: Sequence[Expert], applications: Sequence[Application], *, same_region: bool, on: date
) -> dict[tuple[int, int], str]:
    """(expert, application) → reason code, for every pair the system itself must keep apart.

    employer: the expert works for the applicant; interest: share, kin, past work on record (what
    ended more than three years before the day `on` no longer counts, but for kin);
    region: the expert's home is the region, or the prefecture, the project is built in.
    One query for the interests, whatever the numbers.
    """
    firms = {a.firm_id for a in applications}
    ties: dict[tuple[int, int], str] = {
        (i.expert_id, i.organisation_id): i.kind
        for i in ExpertInterest.objects.filter(organisation_id__in=firms, expert__in=experts)
        if i.kind == "kin" or i.until is None or i.until >= _years_before(on, TIES_COUNT_YEARS)
    }
    found: dict[tuple[int, int], str] = {}
    for expert in experts:
        for application in applications:
            if expert.employer_id == application.firm_id:
                found[expert.pk, application.pk] = "employer"
            elif (expert.pk, application.firm_id) in ties:
                found[expert.pk, application.pk] = ties[expert.pk, application.firm_id]
            elif same_region and _same_place(expert, application):
                found[expert.pk, application.pk] = "region"
    return found


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _same_place(expert: Expert, application: Application) -> bool:
    """Same division, or one reports to the other's seat (梅河口 stands apart from 通化)."""
    here, there = expert.region, application.region
    return here.pk in (there.pk, there.reports_to_id) or there.pk == here.reports_to_id
