"""The money's panels on the dossier page: how the call ended for it, then award and instalments."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.http import PageRequest
from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role, is_member, is_owner
from applications.models import Application
from applications.panels import Panel
from applications.rules import RESULTS_OUT
from applications.workflow import Status
from awards import rules
from awards.models import SETTLED, Agreement, FundingItem, Instalment, Outcome
from awards.selectors import money
from awards.services import parts
from awards.wording import INSTALMENT_STATES
from reviews.office_words import QUOTA_SENTENCES

RESULTS = frozenset(
    {
        Status.PROPOSED,
        Status.RESERVE,
        Status.NOT_FUNDED,
        Status.ON_NOTICE,
        Status.OBJECTION_HOLD,
        Status.AWARDED,
        Status.AGREED,
        Status.IN_PROGRESS,
        Status.COMPLETED,
        Status.DISQUALIFIED,
        Status.TERMINATED,
    }
)


def result_panel(request: PageRequest, application: Application) -> Panel | None:
    """Rank, points, outcome and notice: for the office at once, for the firm once published.

    A firm that is offered a part of what it asked for answers the offer before that, and reads then
    what it answered.
    Objections that were answered are for the office and the firm itself.
    """
    user = request.user
    if not isinstance(user, User) or Status(application.status) not in RESULTS:
        return None
    office = rules.sees_funding(user)
    if has_role(user, Role.EXPERT) and not office:
        return None
    item: Any = money.decided_item(application)
    if item is None:
        return None
    offered = _offered(item, application)
    now = request.clock.now
    over = offered and parts.is_over(item, now)
    published = application.call.status in RESULTS_OUT
    owner = is_owner(user, application.firm_id)
    if not (office or published or (owner and (offered or item.consent))):
        return None
    return Panel(
        title=_("Result of the review"),
        template="awards/result_panel.html",
        context={
            "item": item,
            "application": application,
            "open": office or published,
            "offered": offered,
            "may_answer": offered and not over and owner,
            "own_answer": bool(item.consent) and owner and not published,
            "may_lapse": over and has_role(user, Role.PROGRAMME_OFFICER),
            "over": over,
            "notice": money.notice_of(item),
            "objections": item.objections if office or is_member(user, application.firm_id) else [],
            "asks": _asks(item, user, application, now),
            "office": office,
            "quota": QUOTA_SENTENCES.get(item.note, "")
            if item.outcome == Outcome.PASSED_OVER
            else "",
            "may_take_off": has_role(user, Role.APPROVER)
            and application.status in (Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD),
        },
    )


def _offered(item: FundingItem, application: Application) -> bool:
    return (
        item.outcome == Outcome.PARTIAL
        and not item.consent
        and application.status == Status.PROPOSED
    )


def _asks(item: Any, user: User, application: Application, now: datetime) -> list[int]:
    """Objections of which this person may ask for the review."""
    if not is_owner(user, application.firm_id):
        return []
    return [row.pk for row in item.objections if row.may_be_reviewed(now)]


def grant_panel(request: HttpRequest, application: Application) -> Panel | None:
    """Award, agreement and instalments with the firm's next act, for whoever may read them."""
    user = request.user
    if not isinstance(user, User) or Status(application.status) not in money.GRANTED:
        return None
    award = money.visible_award_of(user, application)
    if award is None:
        return None
    agreement: Agreement | None = getattr(award, "agreement", None)
    parts = list(award.instalments.all())
    owner = is_owner(user, application.firm_id)
    return Panel(
        title=_("Grant"),
        template="awards/grant_panel.html",
        context={
            "award": award,
            "application": application,
            "agreement": agreement,
            "parts": [(part, INSTALMENT_STATES[part.status]) for part in parts],
            "next": _next_act(application, agreement, parts),
            "owner": owner,
            "has_acceptance": application.status == Status.COMPLETED
            or (application.status == Status.IN_PROGRESS and _settled(parts)),
            "has_clawback": application.status == Status.TERMINATED and award.paid,
        },
    )


def _settled(parts: list[Instalment]) -> bool:
    return all(part.status in SETTLED for part in parts)


def _next_act(
    application: Application, agreement: Agreement | None, parts: list[Instalment]
) -> dict[str, Any]:
    """What happens next with the money, and with whom it waits: a key and what belongs to it."""
    if application.status in (Status.TERMINATED, Status.COMPLETED):
        return {"key": application.status}
    if agreement is None:
        return {"key": "agreement"}
    if agreement.firm_signed_at is None:
        return {"key": "sign", "due": agreement.sign_by, "provisional": agreement.provisional}
    if agreement.office_signed_at is None:
        return {"key": "office"}
    waiting = next((part for part in parts if part.status not in SETTLED), None)
    key = "accept" if waiting is None else waiting.status
    return {"key": key, "part": waiting}
