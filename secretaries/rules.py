"""Who may do what for a project that is served."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import (
    Person,
    acts_for_a_firm,
    has_any_role,
    has_role,
    is_member,
    may_edit_for,
    roles_of,
)
from applications.models import Application
from applications.rules import SERVE, holds
from applications.workflow import Status
from audit.clock import NOW, SHANGHAI
from audit.refusals import Message, NotPermitted
from secretaries.models import ServiceAssignment

TODAY = TruncDate(NOW, tzinfo=SHANGHAI)  # inside of a query, as `NOW`
# From the award until the project is accepted or ended.
SERVED = frozenset({Status.AWARDED, Status.AGREED, Status.IN_PROGRESS})

# Where the history of service stays readable.
KNOWN = SERVED | {Status.COMPLETED, Status.TERMINATED}
WATCHERS = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER, Role.FINANCE_OFFICER)


def is_lead(user: Person | None) -> bool:
    """专班: sees coverage and load, appoints by hand, hands over, decides."""
    return has_role(user, Role.SECRETARY_LEAD)


def require_lead(by: User, message: Message = "") -> None:
    if not is_lead(by):
        raise NotPermitted(message or _("Only the secretaries' lead does this."))


def serves(user: Person | None, application: Application, today: date) -> bool:
    """Is the person the project's secretary now: leading or supporting, or standing in?

    The backup stands in only on days when the lead secretary is on leave.
    """
    if not isinstance(user, User) or not has_role(user, Role.SECRETARY):
        return False
    return _serving(user, application.pk, today).exists()


def serving(user: User, application: int | OuterRef) -> Exists | Value:
    """The same on this day, as what is asked of a row whose project this is."""
    if not has_role(user, Role.SECRETARY):
        return Value(value=False)
    return Exists(_serving(user, application, TODAY))


def _serving(
    user: User, application: int | OuterRef, today: date | TruncDate
) -> QuerySet[ServiceAssignment]:
    away = Q(
        secretary__leaves__cancelled_at__isnull=True,
        secretary__leaves__first_day__lte=today,
        secretary__leaves__last_day__gte=today,
    )
    current = ServiceAssignment.objects.filter(application=application, valid_to__isnull=True)
    return current.filter(Q(secretary__user=user) | Q(Q(backup__user=user) & away))


def verifies(user: Person | None, application: Application, today: date) -> bool:
    """May the person verify the project's claims on site? Whoever serves it that day."""
    return serves(user, application, today)


def has_requests(user: User) -> bool:
    """Whether requests concern the person: the lead, secretaries, and firms (those still without a
    firm too, who hold no role)."""
    return (
        has_any_role(user, Role.SECRETARY_LEAD, Role.SECRETARY)
        or acts_for_a_firm(user)
        or not roles_of(user)
    )


def speaks_for_firm(user: Person | None, application: Application) -> bool:
    """Owners and editors of the firm raise requests, confirm answers and visits."""
    return may_edit_for(user, application.firm_id)


def belongs_to_firm(user: Person | None, application: Application) -> bool:
    """Viewers of the firm too: they read and do nothing."""
    return is_member(user, application.firm_id)


def holds_service(user: Person | None, application: Application) -> bool:
    """Does the person hold guardian's permission to serve the project (secretary or backup)?"""
    return holds(user, SERVE, application)


def watches(user: Person | None) -> bool:
    """Officers who may read every project's service record."""
    return has_any_role(user, *WATCHERS)


def reads_service(user: Person, application: Application) -> bool:
    """Who may open the service record of a project: its secretaries, the firm's people, the lead
    and officers.
    """
    return (
        is_lead(user)
        or watches(user)
        or belongs_to_firm(user, application)
        or holds_service(user, application)
    )
