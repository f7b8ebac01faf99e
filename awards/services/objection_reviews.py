"""复核: one review of an objection's answer, above those who gave it."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from applications.models import Call
from applications.services.lifecycle import AT_HAND, Move, advance_held, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from audit.services import Entry
from awards.facts import review_facts
from awards.models import Minutes, Objection, ObjectionReview
from awards.query_code import opens
from awards.rules import require
from awards.services.objection_answers import releases
from awards.services.objection_rows import told, within
from awards.services.reserve import drop_out
from calendars.wording import day_of
from notifications.services import Dispatch

LEAST = 20


def followed(number: str, code: str) -> Objection:
    """The objection of this number, for whoever has the code of its receipt.

    Raises Invalid, the same for a number that is not there and for another's code.
    """
    row = Objection.objects.filter(number=number.strip().upper()).first()
    if row is None or not opens(row, code):
        raise Invalid(
            _("No objection has this number and this query code. Check both."), field="number"
        )
    return row


@transaction.atomic
def ask_review(*, objection: Objection, text: str, by: User | None) -> ObjectionReview:
    """Ask once, in time: the objector (`by=None`, after `followed`) where the objection was not
    upheld, the firm's owner where it was. A project still on notice is held until the decision.
    """
    if len(text.strip()) < LEAST:
        raise Invalid(
            _("Say in at least twenty characters what the answer got wrong."), field="text"
        )
    locked, now = _lock(objection)
    _check_asker(locked, by)
    if locked.review_until and not locked.review_provisional and now > locked.review_until:
        raise TooLate(_("The time to ask for a review is over."))
    if ObjectionReview.objects.filter(objection=locked).exists():
        raise WrongState(_("A review was asked for already; there is one."))
    due_at, provisional = within(now, locked.notice.call.rule_set.objection_answer_days)
    review = ObjectionReview.objects.create(
        objection=locked,
        text=text.strip(),
        asked_by=by,
        asked_at=now,
        due_at=due_at,
        provisional=provisional,
    )
    application = lock_dossier(locked.application)
    held = application.status == Status.ON_NOTICE
    moves = [
        Move(application=application, step="hold", reason=locked.number, by_itself=True)
        for _one in range(held)
    ]
    tell_firms(advance_held(moves, by=by, others=[_entry("ask", review, by)]), _asked(review))
    return review


def _lock(objection: Objection) -> tuple[Objection, datetime]:
    rows = Objection.objects.select_for_update(of=("self",))
    locked = rows.select_related("application", "notice__call").annotate(now=clock.NOW)
    row = locked.get(pk=objection.pk)
    return row, row.now


def _check_asker(objection: Objection, by: User | None) -> None:
    """Only whom the answer was against."""
    if objection.status not in ("upheld", "rejected"):
        raise WrongState(_("The objection has not been answered yet."))
    if by is None and objection.status == "rejected":
        return
    if by is not None and objection.status == "upheld":
        if is_owner(by, objection.application.firm_id):
            return
        raise NotPermitted(_("Only an owner of the firm asks for the review."))
    raise NotVisible


def _asked(review: ObjectionReview) -> Dispatch:
    return Dispatch(
        kind="objection.review_asked",
        recipients=users_with_role(Role.APPROVER) | users_with_role(Role.PROGRAMME_OFFICER),
        key=f"objection.review_asked:{review.pk}",
        context={
            "number": review.objection.number,
            "title": review.objection.application.title,
            "due": review.due_at,
        },
        url=f"/objections/{review.objection_id}/",
        about=review.objection,
    )


def _entry(
    step: str, review: ObjectionReview, by: User | None, role: str = "", source: str = ""
) -> Entry:
    return Entry(
        action=f"objection.review_{step}",
        obj=review,
        by=by,
        role=role,
        source=source,
        target=review.status,
        after=review_facts(review),
        scope=review.objection.notice.call.number,
    )


@transaction.atomic
def decide_review(
    *, review: ObjectionReview, upheld: bool, minutes: Minutes, decision: str, by: User
) -> ObjectionReview:
    """Decide by the minutes of the meeting above; for good.

    Upheld disqualifies the project where it is not awarded yet (else the approver terminates it);
    not upheld releases it. Whoever examined or answered the objection does not decide.
    """
    require(by, Role.APPROVER)
    if len(decision.strip()) < 10:
        raise Invalid(
            _("Give the decision in writing, in at least ten characters."), field="decision"
        )
    Call.objects.select_for_update().get(pk=review.objection.application.call_id)
    locked, now = _hold(review)
    _check_decider(locked, minutes, by)
    locked.status = "upheld" if upheld else "rejected"
    locked.minutes, locked.decision = minutes, decision.strip()
    locked.decided_by, locked.decided_at = by, now
    locked.save(update_fields=["status", "minutes", "decision", "decided_by", "decided_at"])
    entry = _entry("decide", locked, by, Role.APPROVER, "asked")
    _settle(locked, entry, now, by)
    return locked


def _hold(review: ObjectionReview) -> tuple[ObjectionReview, datetime]:
    """The review with its objection and dossier, held, and the instant."""
    dossier = "objection__application"
    of_dossier = [f"{dossier}__{name}" for name in AT_HAND]
    held = ObjectionReview.objects.select_for_update(of=("self", "objection", dossier))
    rows = held.select_related("objection__notice__call", *of_dossier).annotate(now=clock.NOW)
    locked = rows.get(pk=review.pk)
    return locked, locked.now


def _check_decider(review: ObjectionReview, minutes: Minutes, by: User) -> None:
    objection = review.objection
    if review.status != "asked":
        raise WrongState(_("This review is decided already."))
    if by.pk in (objection.answered_by_id, objection.handled_by_id, objection.filed_by_id):
        raise NotPermitted(
            _("Whoever had a part in the answer may not decide on its review. Ask a colleague.")
        )
    if minutes.call_id != objection.notice.call_id:
        raise Invalid(_("These minutes are another call's."), field="minutes")
    if minutes.held_on < day_of(review.asked_at):
        raise Invalid(
            _(
                "That meeting was held before the review was asked for. Record the one that"
                " decided."
            ),
            field="minutes",
        )


def _settle(review: ObjectionReview, entry: Entry, now: datetime, by: User) -> None:
    objection = review.objection
    application = objection.application
    on_notice = application.status in (Status.ON_NOTICE, Status.OBJECTION_HOLD)
    message = partial(told, f"objection.review_{review.status}", objection, application)
    if review.status == "upheld" and on_notice:
        drop_out(application, objection.number, now, by, others=[entry], tell=message)
        return
    moves = releases(objection, application) if review.status == "rejected" else []
    tell_firms(advance_held(moves, by=by, others=[entry]), message())
