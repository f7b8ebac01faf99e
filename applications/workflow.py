"""The one lifecycle of a dossier, as data.

Plain Python. `applications.services.lifecycle.advance` is the only writer of a status and asks
this table; the diagram in the docs, the buttons on the pages and the tests over every
(status x role x action) are derived from it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDER_REVIEW = "under_review"
    SCORED = "scored"
    SHORTLISTED = "shortlisted"
    NOT_SHORTLISTED = "not_shortlisted"
    HEARING_SCORED = "hearing_scored"
    PROPOSED = "proposed"
    RESERVE = "reserve"
    NOT_FUNDED = "not_funded"
    ON_NOTICE = "on_notice"
    OBJECTION_HOLD = "objection_hold"
    AWARDED = "awarded"
    AGREED = "agreed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    TERMINATED = "terminated"


class Actor(StrEnum):
    """Who may take a step: a role of `accounts.roles.Role`, the firm's owner, or the system."""

    OWNER = "owner"
    REGIONAL_OFFICER = "regional_officer"
    PROGRAMME_OFFICER = "programme_officer"
    APPROVER = "approver"
    FINANCE_OFFICER = "finance_officer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: its name, where from, where to, who may take it, and what must hold (for docs)."""

    name: str
    sources: frozenset[Status]
    target: Status
    actors: frozenset[Actor]
    holds: str


def _step(
    name: str, sources: tuple[Status, ...], target: Status, actors: tuple[Actor, ...], holds: str
) -> Transition:
    return Transition(name, frozenset(sources), target, frozenset(actors), holds)


S, A = Status, Actor

TRANSITIONS: tuple[Transition, ...] = (
    _step(
        "submit",
        (S.DRAFT,),
        S.SUBMITTED,
        (A.OWNER,),
        "before the closing instant; every section complete",
    ),
    _step(
        "resubmit_to_region",
        (S.RETURNED,),
        S.SUBMITTED,
        (A.OWNER,),
        "returned by the region; within its due date",
    ),
    _step(
        "resubmit_to_screening",
        (S.RETURNED,),
        S.RECOMMENDED,
        (A.OWNER,),
        "returned by screening; within its due date",
    ),
    _step(
        "return_by_region",
        (S.SUBMITTED,),
        S.RETURNED,
        (A.REGIONAL_OFFICER,),
        "own region; once; with reasons",
    ),
    _step(
        "recommend",
        (S.SUBMITTED,),
        S.RECOMMENDED,
        (A.REGIONAL_OFFICER,),
        "own region; within the quota; ranked",
    ),
    _step(
        "not_recommend",
        (S.SUBMITTED,),
        S.NOT_RECOMMENDED,
        (A.REGIONAL_OFFICER,),
        "own region; with a reason",
    ),
    _step(
        "return_by_screening",
        (S.RECOMMENDED,),
        S.RETURNED,
        (A.PROGRAMME_OFFICER,),
        "once; with a due date",
    ),
    _step(
        "declare_eligible",
        (S.RECOMMENDED,),
        S.ELIGIBLE,
        (A.PROGRAMME_OFFICER,),
        "every item yes; not the recommender",
    ),
    _step(
        "declare_ineligible",
        (S.RECOMMENDED,),
        S.INELIGIBLE,
        (A.PROGRAMME_OFFICER,),
        "a reason per item; not the recommender",
    ),
    _step(
        "lapse",
        (S.RETURNED,),
        S.INELIGIBLE,
        (A.SYSTEM, A.PROGRAMME_OFFICER),
        "the correction's due date has passed",
    ),
    _step(
        "start_review",
        (S.ELIGIBLE,),
        S.UNDER_REVIEW,
        (A.PROGRAMME_OFFICER,),
        "in a panel whose draw stands",
    ),
    _step(
        "close_scoring",
        (S.UNDER_REVIEW,),
        S.SCORED,
        (A.PROGRAMME_OFFICER,),
        "enough locked score sheets",
    ),
    _step(
        "shortlist",
        (S.SCORED,),
        S.SHORTLISTED,
        (A.PROGRAMME_OFFICER,),
        "a hearing follows; within the frozen shortlist rule",
    ),
    _step(
        "leave_off_shortlist",
        (S.SCORED,),
        S.NOT_SHORTLISTED,
        (A.PROGRAMME_OFFICER,),
        "a hearing follows; outside the frozen shortlist rule, with the reason",
    ),
    _step(
        "close_hearing",
        (S.SHORTLISTED,),
        S.HEARING_SCORED,
        (A.PROGRAMME_OFFICER,),
        "minutes on record; enough locked hearing sheets, or the firm did not come",
    ),
    _step(
        "propose",
        (S.SCORED, S.HEARING_SCORED, S.RESERVE),
        S.PROPOSED,
        (A.APPROVER, A.SYSTEM),
        "above the funding line of an approved list, or moved up from its reserve",
    ),
    _step(
        "put_in_reserve",
        (S.SCORED, S.HEARING_SCORED),
        S.RESERVE,
        (A.APPROVER,),
        "above the floor, below the funding line",
    ),
    _step(
        "decline",
        (S.SCORED, S.HEARING_SCORED, S.RESERVE),
        S.NOT_FUNDED,
        (A.APPROVER, A.PROGRAMME_OFFICER),
        "below the floor, or the reserve list is closed",
    ),
    _step(
        "decline_part",
        (S.PROPOSED,),
        S.NOT_FUNDED,
        (A.OWNER,),
        "offered a part of what was asked for, within the time to answer",
    ),
    _step(
        "lapse_part",
        (S.PROPOSED,),
        S.NOT_FUNDED,
        (A.PROGRAMME_OFFICER,),
        "offered a part; the firm's time to answer has passed",
    ),
    _step(
        "put_on_notice",
        (S.PROPOSED,),
        S.ON_NOTICE,
        (A.PROGRAMME_OFFICER,),
        "named in a public notice",
    ),
    _step(
        "hold",
        (S.ON_NOTICE,),
        S.OBJECTION_HOLD,
        (A.PROGRAMME_OFFICER, A.SYSTEM),
        "a real-name objection was accepted, or its review asked for",
    ),
    _step(
        "release",
        (S.OBJECTION_HOLD,),
        S.ON_NOTICE,
        (A.APPROVER,),
        "the objection was answered, or reviewed: not upheld",
    ),
    _step(
        "disqualify",
        (S.PROPOSED, S.ON_NOTICE, S.OBJECTION_HOLD),
        S.DISQUALIFIED,
        (A.APPROVER,),
        "with reason",
    ),
    _step(
        "award",
        (S.ON_NOTICE,),
        S.AWARDED,
        (A.APPROVER,),
        "notice period over, no open objection, within the envelope",
    ),
    _step(
        "agree",
        (S.AWARDED,),
        S.AGREED,
        (A.PROGRAMME_OFFICER, A.OWNER),
        "agreement signed by both sides",
    ),
    _step(
        "begin",
        (S.AGREED,),
        S.IN_PROGRESS,
        (A.FINANCE_OFFICER,),
        "first instalment recorded as paid",
    ),
    _step(
        "complete",
        (S.IN_PROGRESS,),
        S.COMPLETED,
        (A.PROGRAMME_OFFICER, A.APPROVER),
        "accepted as graded by another; every instalment settled",
    ),
    _step(
        "terminate",
        (S.AWARDED, S.AGREED, S.IN_PROGRESS),
        S.TERMINATED,
        (A.APPROVER,),
        "with reason",
    ),
    _step(
        "withdraw",
        (S.DRAFT, S.SUBMITTED, S.RETURNED, S.RECOMMENDED, S.ELIGIBLE),
        S.WITHDRAWN,
        (A.OWNER,),
        "before review starts; with a reason once submitted",
    ),
)

BY_NAME: dict[str, Transition] = {t.name: t for t in TRANSITIONS}
FINAL: frozenset[Status] = frozenset(Status) - {s for t in TRANSITIONS for s in t.sources}
