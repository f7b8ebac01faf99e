"""Who may see and do what in a review: asked by services inside their transaction, and by pages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit.models import Event
from audit.refusals import NotPermitted, NotVisible
from reviews.models import (
    AssignmentState,
    Expert,
    ExpertInterest,
    ImportStatus,
    Scribe,
    Seat,
    SeatState,
    SheetImport,
    Stage,
)

TIES_COUNT_YEARS = 3
MEMBER = "member"  # beside the kinds of an interest
SCORABLE = (AssignmentState.OPEN, AssignmentState.FINISHED)
READABLE = (*SCORABLE, AssignmentState.LOCKED)
# Staff of the office who decide nothing may be named to type in paper sheets.
SCRIBES = (Role.PROGRAMME_OFFICER, Role.SECRETARY_LEAD)


def stage_at(call: Call) -> Stage:
    """Which stage a call's experts mark now, or marked last before its ranking."""
    return Stage.HEARING if call.status == CallStatus.HEARING else Stage.PAPER


def require(user: User, *roles: Role) -> None:
    """Raise NotPermitted unless the person holds one of the roles."""
    if not any(has_role(user, role) for role in roles):
        raise NotPermitted(_("Your role does not allow this. Ask a colleague whose role it is."))


def require_apart(user: User, call: Call) -> None:
    """Raise NotPermitted for somebody who sits, or sat, on a panel of the call: no expert decides,
    presses or watches in the same round, though the one role ended before the other began. Nor
    does a scribe, who has seen marks before the lock.
    """
    stood = Call.objects.filter(pk=call.pk).annotate(**other_parts(user)).only("pk").first()
    if stood is not None:
        refuse_other_parts(stood)


def other_parts(user: User, call: str = "pk") -> dict[str, Exists]:
    """Annotations for `refuse_other_parts` of a call, or of a row that names its `call` by this
    field: whether the person sat in it, or typed.
    """
    seats = Seat.objects.filter(draw__call=OuterRef(call), expert__user=user)
    return {
        "sat": Exists(seats.exclude(state=SeatState.DECLINED)),
        "typed": Exists(Scribe.objects.filter(panel__call=OuterRef(call), user=user)),
    }


def refuse_other_parts(call: Any) -> None:
    """As `require_apart`, of what has the annotations; asks the database nothing."""
    other = other_part(call)
    if other is not None:
        raise NotPermitted(other)


def other_part(call: Any) -> Any:
    """The words for it, of a call annotated with `other_parts`; None where there is none."""
    if call.sat:
        return _("You were an expert of this call; somebody else must act in it for the office.")
    if call.typed:
        return _("You are a scribe in this call; somebody else must act in it for the office.")
    return None


def is_scribe(user: User, panel: int) -> bool:
    """Whether the person was named to type in the paper sheets of this panel."""
    named = Scribe.objects.filter(panel_id=panel, user=user)
    return any(has_role(user, role) for role in SCRIBES) and named.exists()


def may_type_in(user: User, paper: SheetImport) -> bool:
    """Whether these confirmed paper sheets become marks, and are locked, by this person's hand."""
    checked = paper.kind == "paper" and paper.status == ImportStatus.CONFIRMED
    return checked and paper.checker_id == user.pk and is_scribe(user, paper.seat.panel_id)


def acted_otherwise(call: Call) -> QuerySet[Event, int | None]:
    """Ids, for a query, of the people who did something in the call in another role than an
    expert's, by the log: firms, regions, office, supervisors. None of them may be drawn for it.
    """
    acts = Event.objects.filter(scope=call.number).exclude(actor_id=None)
    others = acts.exclude(role=Role.EXPERT).exclude(object_type="reviews.seat")
    return others.values_list("actor_id", flat=True)


def acts_as(expert: Expert, user: User) -> bool:
    """Whether a pool entry, the person's own, still lets the person act as an expert."""
    return expert.active and has_role(user, Role.EXPERT)


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


def conflicts_of(
    experts: Sequence[Expert], applications: Sequence[Application], *, same_region: bool, on: date
) -> dict[tuple[int, int], str]:
    """(expert, application) → reason code, for every pair the system itself must keep apart.

    employer: the expert works for the applicant; member: they act for the firm here, or did within
    three years before the day `on`; interest: share, kin, past work on record (what ended more than
    three years before `on` no longer counts, but for kin);
    region: the expert's home is the region, or the prefecture, the project is built in.
    One query, whatever the numbers.
    """
    ties, members = _ties(experts, {a.firm_id for a in applications}, on)
    found: dict[tuple[int, int], str] = {}
    for expert in experts:
        for application in applications:
            if expert.employer_id == application.firm_id:
                found[expert.pk, application.pk] = "employer"
            elif (expert.user_id, application.firm_id) in members:
                found[expert.pk, application.pk] = "member"
            elif (expert.pk, application.firm_id) in ties:
                found[expert.pk, application.pk] = ties[expert.pk, application.firm_id]
            elif same_region and _same_place(expert, application):
                found[expert.pk, application.pk] = "region"
    return found


def tied(on: date) -> Q:
    """Of an assignment: its expert works for the applicant, acts or acted for it, or has another
    tie on record, by the same rules.
    """
    interests = counted_interests(on).filter(
        expert=OuterRef("expert"), organisation=OuterRef("application__firm")
    )
    members = counted_memberships(on).filter(
        user=OuterRef("expert__user"), organisation=OuterRef("application__firm")
    )
    employed = Q(expert__employer=F("application__firm"))
    return Q(employed | Q(Exists(interests)) | Q(Exists(members)))


def counted_interests(on: date) -> QuerySet[ExpertInterest]:
    """Ties on record that count on this day: kin always, what ended until three years after."""
    since = ties_since(on)
    return ExpertInterest.objects.filter(Q(kind="kin") | Q(until=None) | Q(until__gte=since))


def counted_memberships(on: date) -> QuerySet[Membership]:
    """Who acts for a firm, or did until less than three years before this day."""
    return Membership.objects.filter(Q(ended_at=None) | Q(ended_at__date__gte=ties_since(on)))


def _ties(
    experts: Sequence[Expert], firms: set[int], on: date
) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """(expert, firm) → kind of every interest that counts, and (person, firm) of experts who act
    for a firm, or did until less than three years ago.
    """
    interests = ExpertInterest.objects.filter(organisation_id__in=firms, expert__in=experts)
    memberships = Membership.objects.filter(
        user__in=[e.user_id for e in experts], organisation_id__in=firms
    ).order_by()
    rows = interests.values_list("expert_id", "organisation_id", "kind", "until").union(
        memberships.values_list("user_id", "organisation_id", Value(MEMBER), TruncDate("ended_at")),
        all=True,
    )
    since = ties_since(on)
    ties: dict[tuple[int, int], str] = {}
    members: set[tuple[int, int]] = set()
    for who, firm, kind, until in rows:
        if kind == "kin" or until is None or until >= since:
            if kind == MEMBER:
                members.add((who, firm))
            else:
                ties[who, firm] = kind
    return ties, members


def ties_since(day: date) -> date:
    """The day three years ago from which on a past tie still counts; 28 February for a leap day."""
    try:
        return day.replace(year=day.year - TIES_COUNT_YEARS)
    except ValueError:
        return day.replace(year=day.year - TIES_COUNT_YEARS, day=28)


def _same_place(expert: Expert, application: Application) -> bool:
    """Same division, or one reports to the other's seat (梅河口 stands apart from 通化)."""
    here, there = expert.region, application.region
    return here.pk in (there.pk, there.reports_to_id) or there.pk == here.reports_to_id
