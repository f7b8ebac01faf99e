"""终止: an officer puts the end of a project forward, an approver decides; what was not paid is
free again, what was paid may be clawed back."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.ledger import Kind
from awards.models import GROUNDS, Award, Instalment, Recall, Termination
from awards.rules import require
from awards.selectors.people import firm_people
from awards.selectors.recoveries import upheld_in_vain
from awards.services.credit import note
from awards.services.endings import award_entry, check_going_on, lock_ending, lock_parts
from awards.services.ledger import Booking, books
from awards.services.project_acts import entry, told, written
from awards.services.recalls import settle_recall
from awards.wording import amount_text
from notifications.services import notify_all

PAGE = "ending"


@transaction.atomic
def propose_termination(
    *, award: Award, ground: str, reason: str, claw_back: Decimal = Decimal(0), by: User
) -> Termination:
    """An officer puts forward to end a project, on a ground, with so much (yuan) to be paid back.

    On the ground `idle` the open recall is upheld by it: the firm has replied, or its time is over.
    So is one upheld by a termination that was taken back, if the firm has done nothing since.
    """
    role = require(by, Role.PROGRAMME_OFFICER)
    locked, _parts = lock_ending(award)
    if ground not in GROUNDS:
        raise Invalid(_("Choose a ground."), field="ground")
    if not 0 <= claw_back <= locked.paid:
        raise Invalid(
            _("From 0 to what was paid: %(sum)s.") % {"sum": amount_text(locked.paid)},
            field="claw_back",
        )
    if Termination.objects.filter(award=locked, status="proposed").exists():
        raise WrongState(_("The termination is put forward already; the approver decides."))
    why = written(reason, "reason")
    held = upheld_in_vain(locked) if ground == "idle" else None
    recall = _upheld(locked, why, by) if ground == "idle" and held is None else None
    row = Termination.objects.create(
        award=locked,
        ground=ground,
        reason=why,
        claw_back=claw_back,
        recall=recall or held,
        proposed_by=by,
        proposed_at=clock.now(),
    )
    events = [entry(row, "termination.propose", by, role, target="proposed", why=why)]
    if recall is not None:
        events.insert(0, entry(recall, "recall.uphold", by, role, target="upheld", why=why))
    record_all(events)
    notify_all([told(row, "termination.proposed", users_with_role(Role.APPROVER), PAGE)])
    return row


def _upheld(award: Award, why: str, by: User) -> Recall:
    row = (
        Recall.objects.select_for_update()
        .filter(award=award, status__in=("issued", "replied"))
        .first()
    )
    if row is None:
        raise Invalid(_("No recall is open: give another ground."), field="ground")
    if row.status == "issued" and (row.provisional or clock.now() <= row.due_at):
        raise WrongState(_("The firm still has time to reply to the recall."))
    row.award = award
    settle_recall(row, "upheld", why, by)
    return row


def _decided(termination: Termination, by: User) -> tuple[Termination, list[Instalment], Role]:
    role = require(by, Role.APPROVER)
    row, parts = _lock(termination)
    if row.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever put the termination forward may not decide on it."))
    return row, parts, role


def _lock(termination: Termination) -> tuple[Termination, list[Instalment]]:
    parts = lock_parts(termination.award_id)
    row = (
        Termination.objects.select_for_update(of=("self", "award"))
        .select_related("award__application__call", "award__application__firm", "award__envelope")
        .get(pk=termination.pk)
    )
    check_going_on(row.award)
    if row.status != "proposed":
        raise WrongState(_("This termination is decided. Open the page again and check."))
    return row, parts


@transaction.atomic
def withdraw_termination(*, termination: Termination, reason: str, by: User) -> Termination:
    """Whoever put it forward takes it back, while nobody has decided: the project goes on."""
    role = require(by, Role.PROGRAMME_OFFICER)
    row, _parts = _lock(termination)
    if row.proposed_by_id != by.pk:
        raise NotPermitted(
            _("Only whoever put the termination forward takes it back; the approver may refuse it.")
        )
    why = written(reason, "reason")
    _settle(row, "withdrawn", why, by)
    step = "termination.withdraw"
    record_all([entry(row, step, by, role, source="proposed", target="withdrawn", why=why)])
    notify_all(
        [told(row, "termination.withdrawn", users_with_role(Role.APPROVER), PAGE, reason=why)]
    )
    return row


@transaction.atomic
def refuse_termination(*, termination: Termination, reason: str, by: User) -> Termination:
    """The approver refuses: the project goes on."""
    row, _parts, role = _decided(termination, by)
    why = written(reason, "reason")
    _settle(row, "refused", why, by)
    event = entry(row, "termination.refuse", by, role, source="proposed", target="refused", why=why)
    record_all([event])
    officers = users_with_role(Role.PROGRAMME_OFFICER)
    notify_all([told(row, "termination.refused", officers, PAGE, reason=why)])
    return row


def _settle(row: Termination, status: str, text: str, by: User) -> None:
    row.status, row.settlement = status, text
    row.settled_by, row.settled_at = by, clock.now()
    row.save(update_fields=["status", "settlement", "settled_by", "settled_at"])


@transaction.atomic
def confirm_termination(*, termination: Termination, text: str, by: User) -> Termination:
    """The approver ends the project: what was not paid goes back to the year's envelope; what is
    to be clawed back the finance department orders.

    Refused while a released payment waits for its voucher: the treasury may have paid it.
    """
    row, parts, role = _decided(termination, by)
    _refuse_under_way(row, parts)
    _settle(row, "confirmed", written(text, "text"), by)
    award = row.award
    unpaid = award.amount - award.cut - award.paid
    award.revoked_by, award.revoked_at, award.revocation = by, row.settled_at, row.reason
    award.save(update_fields=["revoked_by", "revoked_at", "revocation"])
    kind = "false" if row.ground == "false" else "terminated"
    events = [
        entry(row, "termination.confirm", by, role, source="proposed", target="confirmed"),
        award_entry("terminate", award, by, role, row.reason, released=unpaid),
        note(award, kind, row.reason, row.settled_at, by),
    ]
    dossier = lock_all([award.application_id])[0]
    move = Move(application=dossier, step="terminate", reason=row.reason, quiet=True)
    people = firm_people(award.application)
    message = told(row, "award.terminated", people, PAGE, reason=row.reason, amount=unpaid)
    tell_firms(advance_held([move], by=by, others=events), message)
    _release(award, unpaid, by)
    return row


def _refuse_under_way(row: Termination, parts: list[Instalment]) -> None:
    for part in parts:
        if part.status == "released":
            raise WrongState(
                _(
                    "Instalment %(number)s is released and may have been paid. Record its voucher"
                    " first."
                )
                % {"number": part.sequence}
            )


def _release(award: Award, unpaid: Decimal, by: User) -> None:
    """What was not paid is available again."""
    if not unpaid:
        return
    booking = Booking(Kind.RELEASED, unpaid, reason=award.revocation, award=award.pk)
    if not books(envelope=award.envelope_id, entries=[booking], by=by):
        raise WrongState(_("More would be released than is committed and unpaid."))
