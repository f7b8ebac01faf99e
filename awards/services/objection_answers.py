"""The answer to an objection. Not upheld, the project is free; upheld, it leaves the list once its
firm has had the time to ask for the review above.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call
from applications.services.lifecycle import Move, advance_held, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import Objection, ObjectionReview
from awards.rules import require
from awards.services.objection_rows import (
    is_held_otherwise,
    lock_objection,
    objection_entry,
    told,
    within,
)
from awards.services.reserve import drop_out


@transaction.atomic
def answer_objection(*, objection: Objection, upheld: bool, answer: str, by: User) -> Objection:
    """Decide. Not upheld releases the project; upheld, it stays held until the time for a review
    has passed (`carry_out`).
    """
    require(by, Role.APPROVER)
    if len(answer.strip()) < 10:
        raise Invalid(_("Give the answer in writing, in at least ten characters."), field="answer")
    locked, now = lock_objection(objection, "accepted")
    if by.pk in (locked.handled_by_id, locked.filed_by_id):
        raise NotPermitted(
            _("Whoever filed or looked into the objection may not decide on it. Ask a colleague.")
        )
    locked.status = "upheld" if upheld else "rejected"
    locked.answered_by, locked.answered_at, locked.answer = by, now, answer.strip()
    days = locked.notice.call.rule_set.objection_review_days
    locked.review_until, locked.review_provisional = within(now, days)
    locked.save(
        update_fields=[
            *("status", "answered_by", "answered_at", "answer"),
            *("review_until", "review_provisional"),
        ]
    )
    application = lock_dossier(locked.application)
    entry = objection_entry(
        "answer", locked, by, role=Role.APPROVER, source="accepted", reason=locked.answer
    )
    moves = [] if upheld else releases(locked, application)
    message = told(f"objection.{locked.status}", locked, application)
    tell_firms(advance_held(moves, by=by, others=[entry]), message)
    return locked


def releases(objection: Objection, application: Application) -> list[Move]:
    """The move that frees the project, unless something else still holds it."""
    if application.status != Status.OBJECTION_HOLD or is_held_otherwise(objection):
        return []
    return [Move(application=application, step="release", reason=objection.number)]


@transaction.atomic
def carry_out(*, objection: Objection, by: User) -> list[Application]:
    """An upheld objection whose review nobody asked for takes effect: the project is disqualified
    and the reserve list moves up. Returns who did.
    """
    require(by, Role.APPROVER)
    Call.objects.select_for_update().get(pk=objection.application.call_id)
    locked, now = lock_objection(objection, "upheld")
    if ObjectionReview.objects.filter(objection=locked).exists():
        raise WrongState(_("A review was asked for: it decides."))
    if not may_carry_out(locked, now):
        raise WrongState(_("The firm may still ask for a review. Wait until its time has passed."))
    application = lock_dossier(locked.application)
    return drop_out(application, locked.number, now, by)


def may_carry_out(objection: Objection, now: datetime) -> bool:
    """Whether the time to ask for a review has passed; never while its last day is provisional."""
    until = objection.review_until
    return until is not None and not objection.review_provisional and now > until
