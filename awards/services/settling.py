"""What of an instalment will not be paid: cut, booked as available again, and told."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import WrongState
from audit.services import record
from awards.achievement import Outcome, Settlement
from awards.facts import award_facts
from awards.ledger import Kind
from awards.models import Award, Claim, Instalment
from awards.selectors.jobs import promised_settlement
from awards.selectors.people import firm_people
from awards.services.ledger import Booking, books
from notifications.services import Dispatch


@dataclass(frozen=True, slots=True)
class Cut:
    """So much of a held instalment is not paid, for this reason."""

    instalment: Instalment
    amount: Decimal
    reason: str


def settle_jobs(claim: Claim, instalment: Instalment) -> Settlement | None:
    """Write on a claim of the last instalment by which jobs it is settled; None for another.

    The instalment is held by the caller, who applies the cut.
    """
    found = promised_settlement(instalment, claim.insured)
    if found is None:
        return None
    claim.jobs_promised, claim.jobs_achieved = found.promised, found.achieved
    claim.jobs_payable = found.planned
    return found


def apply_cuts(award: Award, cuts: list[Cut], by: User, role: str) -> None:
    """Cut the held instalments; the money is the year's again. One event; all cuts have one reason.

    An instalment cut to nothing is forfeited.
    """
    total = sum((cut.amount for cut in cuts), Decimal(0))
    if not total:
        return
    fits = Award.objects.filter(pk=award.pk, paid__lte=F("amount") - F("cut") - total)
    if not fits.update(cut=F("cut") + total):
        raise WrongState(_("More would be cut than is left to pay."))
    award.refresh_from_db(fields=["cut", "paid"])
    for cut in cuts:
        row = cut.instalment
        row.cut += cut.amount
        if row.cut == row.amount:
            row.status = "forfeited"
        row.save(update_fields=["cut", "status"])
    reason = cuts[0].reason
    record(
        action="award.cut",
        obj=award,
        by=by,
        role=role,
        reason=reason,
        after={"released": total, **award_facts(award)},
        scope=award.application.call.number,
    )
    booking = Booking(Kind.RELEASED, total, reason=reason, award=award.pk)
    if not books(envelope=award.envelope_id, entries=[booking], by=by):
        raise WrongState(_("More would be released than is committed and unpaid."))


def cut_told(claim: Claim, found: Settlement) -> Dispatch:
    """To the firm: what its jobs leave of the last instalment, and how that came about."""
    application = claim.instalment.award.application
    kind = "award.forfeited" if found.outcome == Outcome.FAILED else "award.cut"
    return Dispatch(
        kind=kind,
        recipients=firm_people(application),
        key=f"{kind}:{claim.pk}",
        context={
            "title": application.title,
            "promised": found.promised,
            "achieved": found.achieved,
            "percent": found.percent,
            "planned": found.planned,
            "payable": found.payable,
        },
        url=f"/claims/{claim.pk}/",
        about=application,
    )
