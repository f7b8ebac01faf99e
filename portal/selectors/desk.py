"""The facts beside "what waits for you": one board for each thing a role looks after."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.roles import Role
from accounts.rules import acts_for_a_firm, covered_regions, has_any_role, has_role
from applications.models import Application, Call, CallStatus
from applications.rules import shown_status
from applications.selectors.dossiers import dossiers_of_firms
from applications.stages import NAMES, current_stage, due_of
from applications.wording import STATUS_NAMES
from applications.workflow import Status
from audit import selectors as trail
from awards.models import Award, Envelope, Instalment
from awards.selectors.ledger import loads
from awards.wording import INSTALMENT_STATES
from notifications import selectors as outbox
from portal.event_rows import event_row
from portal.selectors.calls import HIDDEN, card, open_calls
from reviews.models import Assignment, AssignmentState, Draw
from secretaries.models import AppointmentGap, RequestStatus, ServiceAssignment, ServiceRequest

SHORT = 6
PROVINCE = (Role.PROGRAMME_OFFICER, Role.APPROVER, Role.FINANCE_OFFICER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Board:
    """One panel of the workbench: a template under portal/boards/ and what it shows.

    `side` puts it into the narrow column.
    """

    name: str
    context: dict[str, Any] = field(default_factory=dict)
    side: bool = False

    @property
    def template(self) -> str:
        return f"portal/boards/{self.name}.html"


def boards_for(user: User, now: datetime) -> list[Board]:
    """The boards of every role the person holds, in the order of their weight."""
    boards: list[Board] = []
    if acts_for_a_firm(user):
        boards += _applicant(user, now)
    if has_any_role(user, *PROVINCE, Role.REGIONAL_OFFICER):
        boards.append(_calls(user, now))
    if has_any_role(user, *PROVINCE):
        boards.append(_envelopes())
    if has_any_role(user, Role.FINANCE_OFFICER):
        boards.append(_instalments())
    if has_role(user, Role.EXPERT):
        boards.append(_reviews(user))
    if has_role(user, Role.SUPERVISOR):
        boards += [_draws(), _log()]
    if has_role(user, Role.SECRETARY):
        boards.append(_projects(user))
    if has_role(user, Role.SECRETARY_LEAD):
        boards.append(_coverage(now))
    return boards + _administration(user)


def _applicant(user: User, now: datetime) -> list[Board]:
    found = list(dossiers_of_firms(user).prefetch_related(None)[:SHORT])
    rows = []
    for application in found:
        status = shown_status(application, application.call, to_firm=True)
        rows.append(
            {
                "title": application.title,
                "number": application.number,
                "call": str(application.call),
                "url": reverse("applications:dossier", args=[application.pk]),
                "status": status,
                "status_label": STATUS_NAMES[status],
                "since": application.status_since,
            }
        )
    cards = [card(call, now) for call in open_calls(now)[:SHORT]]
    return [
        Board("dossiers", {"rows": rows}),
        Board("open_calls", {"cards": cards, "now": now}, side=True),
    ]


def _dossiers_in_sight(user: User) -> QuerySet[Application]:
    found = Application.objects.filter(submitted_at__isnull=False)
    if has_any_role(user, *PROVINCE):
        return found
    return found.filter(region__in=covered_regions(user))


def _calls(user: User, now: datetime) -> Board:
    """The rounds under way: stage, date, how many dossiers are in which state."""
    calls = list(
        Call.objects.exclude(status__in=(*HIDDEN, CallStatus.CLOSED)).order_by(
            "-year", "-sequence"
        )[:SHORT]
    )
    counted = (
        _dossiers_in_sight(user)
        .filter(call__in=calls)
        .values_list("call_id", "status")
        .annotate(number=Count("pk"))
        .order_by()
    )
    states: dict[int, Counter[str]] = {}
    for call_id, status, number in counted:
        states.setdefault(call_id, Counter())[status] = number
    rows = []
    for call in calls:
        own = states.get(call.pk, Counter())
        stage = current_stage(call, now)
        rows.append(
            {
                "title": str(call),
                "number": call.number,
                "url": reverse("applications:dossier_list") + f"?call={call.number}",
                "stage": NAMES.get(stage) or _("not open yet"),
                "due": due_of(call, stage),
                "total": own.total(),
                "states": [(s, STATUS_NAMES[s], own[s]) for s in Status if own[s]],
            }
        )
    return Board("calls", {"rows": rows})


def _envelopes() -> Board:
    rows = [
        {
            "scheme": str(envelope.scheme),
            "year": envelope.year,
            "ceiling": envelope.ceiling,
            "committed": envelope.taken,
            "reserved": envelope.reserved,
            "paid": envelope.paid,
            "left": envelope.available,
            "loads": loads(envelope),
        }
        for envelope in Envelope.objects.select_related("scheme").order_by("-year")[:3]
    ]
    return Board("envelopes", {"rows": rows}, side=True)


def _instalments() -> Board:
    found = {
        status: (count, total)
        for status, count, total in Instalment.objects.filter(award__revoked_at__isnull=True)
        .values_list("status")
        .annotate(count=Count("pk"), total=Sum(F("amount") - F("cut")))
        .order_by()
    }
    rows = [
        {"status": status, "label": label, "count": found[status][0], "total": found[status][1]}
        for status, label in INSTALMENT_STATES.items()
        if status in found
    ]
    total = sum((row["total"] for row in rows), Decimal(0))
    return Board("instalments", {"rows": rows, "total": total})


def _reviews(user: User) -> Board:
    """The expert's own rounds: how many dossiers are in which state."""
    rounds = (
        Assignment.objects.filter(expert__user=user)
        .exclude(state=AssignmentState.VOID)
        .values(
            name_zh=F("panel__call__name_zh"),
            name_en=F("panel__call__name_en"),
            number=F("panel__call__number"),
            due=F("panel__call__scoring_due_at"),
        )
        .annotate(
            to_declare=Count("pk", filter=Q(state=AssignmentState.TO_DECLARE)),
            to_score=Count("pk", filter=Q(state=AssignmentState.OPEN)),
            finished=Count("pk", filter=Q(state=AssignmentState.FINISHED)),
            locked=Count("pk", filter=Q(state=AssignmentState.LOCKED)),
            recused=Count("pk", filter=Q(state=AssignmentState.RECUSED)),
        )
        .order_by("-number")
    )
    english = (get_language() or "").startswith("en")
    rows = [
        row | {"title": row["name_en"] if english else row["name_zh"]} for row in rounds[:SHORT]
    ]
    return Board("reviews", {"rows": rows})


def _draws() -> Board:
    rows = list(Draw.objects.select_related("call").order_by("-pk")[:SHORT])
    return Board("draws", {"rows": rows})


def _log() -> Board:
    events = [event_row(event, Role.SUPERVISOR) for event in trail.trail()[:5]]
    return Board("log", {"seal": trail.seal_state(), "events": events}, side=True)


def _projects(user: User) -> Board:
    now_serving = (
        ServiceAssignment.objects.filter(secretary__user=user, valid_to__isnull=True)
        .select_related("application__firm", "application__region")
        .annotate(
            requests=Count(
                "application__requests",
                filter=~Q(application__requests__status=RequestStatus.CLOSED),
            )
        )
        .order_by("-valid_from")
    )
    rows = [
        {
            "title": own.application.title,
            "firm": own.application.firm.name,
            "region": str(own.application.region),
            "url": reverse("secretaries:project", args=[own.application_id]),
            "requests": own.requests,
            "accepted": own.accepted_at is not None,
        }
        for own in now_serving[:SHORT]
    ]
    return Board("projects", {"rows": rows})


def _coverage(now: datetime) -> Board:
    running = Award.objects.filter(revoked_at__isnull=True).exclude(
        application__status=Status.COMPLETED
    )
    served = running.filter(
        application__service_assignments__valid_to__isnull=True,
        application__service_assignments__role="lead",
    )
    waiting = ServiceRequest.objects.exclude(status=RequestStatus.CLOSED)
    requests = waiting.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(finish__due_at__lt=now, status=RequestStatus.OPEN)),
    )
    figures = {
        "projects": running.count(),
        "served": served.distinct().count(),
        "gaps": AppointmentGap.objects.filter(closed_at__isnull=True).count(),
        **requests,
    }
    return Board("coverage", figures, side=True)


def _administration(user: User) -> list[Board]:
    """The three administrators see accounts, grants and the log; no business data."""
    boards: list[Board] = []
    if has_role(user, Role.SYSTEM_ADMIN):
        people = User.objects.aggregate(
            active=Count("pk", filter=Q(is_active=True)),
            disabled=Count("pk", filter=Q(is_active=False)),
        )
        boards.append(Board("people", people))
        carried = {"messages": outbox.delivery_tally(), "jobs": outbox.job_tally()}
        boards.append(Board("outbox", carried, side=True))
    if has_role(user, Role.SECURITY_ADMIN):
        grants = RoleGrant.objects.aggregate(
            live=Count("pk", filter=Q(confirmed_at__isnull=False, revoked_at__isnull=True)),
            proposed=Count("pk", filter=Q(confirmed_at__isnull=True, revoked_at__isnull=True)),
        )
        boards.append(Board("grants", grants))
    if has_role(user, Role.AUDIT_ADMIN):
        boards.append(Board("log", {"seal": trail.seal_state(), "events": []}))
    return boards
