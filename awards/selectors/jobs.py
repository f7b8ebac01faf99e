"""The last instalment by the jobs achieved: as a claim was settled, or as it would be."""

from dataclasses import dataclass
from decimal import Decimal

from awards.achievement import Settlement, least, net_new, settle
from awards.models import Claim, Instalment
from awards.selectors.terms import target, terms_of


def is_last(instalment: Instalment) -> bool:
    """Whether it is the last of the call's plan."""
    plan = instalment.award.application.call.rule_set.instalments
    return instalment.sequence == len(plan)


def promised_settlement(instalment: Instalment, insured: int) -> Settlement | None:
    """What so many insured leave of the last instalment by the terms in force; None for another."""
    if not is_last(instalment):
        return None
    terms = terms_of(instalment.award)
    baseline = target(terms, "baseline_headcount")
    promised = net_new(target(terms, "promised_headcount"), baseline)
    return _settle(instalment, instalment.payable, promised, net_new(insured, baseline))


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many insured on the last instalment is paid in full, and from how many in part."""

    promised: int
    baseline: int
    full: int
    part: int


def bounds_of(instalment: Instalment) -> Bounds | None:
    """What the jobs decide of the last instalment by the terms in force; None for another, and
    where no jobs were promised."""
    if not is_last(instalment):
        return None
    terms, rules = terms_of(instalment.award), instalment.award.application.call.rule_set
    baseline = target(terms, "baseline_headcount")
    promised = net_new(target(terms, "promised_headcount"), baseline)
    full, part = (
        baseline + least(promised, n) for n in (rules.jobs_cut_below, rules.jobs_fail_below)
    )
    return Bounds(promised, baseline, full, part) if promised else None


def settlement_of(claim: Claim) -> Settlement | None:
    """How a claim was settled, or while it waits would be; None where jobs do not decide."""
    if claim.jobs_promised is not None and claim.jobs_payable is not None:
        achieved = claim.jobs_achieved or 0
        return _settle(claim.instalment, claim.jobs_payable, claim.jobs_promised, achieved)
    if claim.instalment.status != "claimed" or claim.returned_at:
        return None
    return promised_settlement(claim.instalment, claim.insured)


def _settle(instalment: Instalment, payable: Decimal, promised: int, achieved: int) -> Settlement:
    rules = instalment.award.application.call.rule_set
    return settle(
        payable,
        promised=promised,
        achieved=achieved,
        cut_below=rules.jobs_cut_below,
        fail_below=rules.jobs_fail_below,
    )
