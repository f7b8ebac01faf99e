"""What waits for the office in the review, as rows; `reviews.waiting_office` puts it into words."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from audit import clock
from reviews.models import (
    Assignment,
    JointDecision,
    MinutesCorrection,
    Ranking,
    RankingEntry,
    Scribe,
    Shortlist,
    ShortlistEntry,
)
from reviews.selectors.office import STILL_CHECKED, drawable
from reviews.selectors.offline import paper_of, to_check, to_lock
from reviews.selectors.quorum import short_and_open
from reviews.selectors.quorum import waiting as shortfalls
from reviews.selectors.site_checks import waiting_for_checker
from reviews.selectors.site_standing import to_rank_again

UNDER_WAY = (
    CallStatus.PUBLISHED,
    CallStatus.SCREENED,
    CallStatus.IN_REVIEW,
    CallStatus.HEARING,
    CallStatus.SCORED,
    CallStatus.RANKED,
)


@dataclass(frozen=True, slots=True)
class CallUnderWay:
    """A call from its publication to its ranking, with what tells the officer's next act in it.

    to_group: every dossier is decided and some stand on no panel yet; to_draw: the panels stand
    and no draw is under way; unsigned: some sheets are not signed; ties: dossiers of the last
    ranking that no rule tells apart; deciding: a joint decision waits for its second person;
    to_confirm: the minutes' numbers of those that wait for this one, the oldest first; short:
    dossiers that cannot get scores enough, of which nobody has agreed that they go on; to_agree:
    the ids of the reasons for going on that wait for this person; is_scribe: this person types in
    paper sheets here; to_check, to_lock: ids of the sheets that wait for their second typing, and
    of those they have checked and not locked; to_rank_again: a site check has corrected figures
    since the ranking; site_checks: what this person has to do on checks, as `waiting_for_checker`;
    shortlisted: dossiers come to the hearing; unset: panels of them without day and place; unkept:
    dossiers whose panel has begun to sit and whose minutes are not kept; to_correct: the dossiers
    whose minutes have a correction that waits for this person.
    """

    number: str
    status: str
    closes_at: datetime
    scoring_due_at: datetime | None
    to_group: bool
    to_draw: bool
    unsigned: bool
    ties: int
    deciding: bool
    to_confirm: list[str]
    short: int
    to_agree: list[int]
    is_scribe: bool
    to_check: list[int]
    to_lock: list[int]
    to_rank_again: bool
    site_checks: list[dict[str, Any]]
    shortlisted: bool
    unset: int
    unkept: int
    to_correct: list[int]


def calls_under_way(user: User) -> list[CallUnderWay]:
    """Every such call, the oldest first; one query."""
    own = {"call": OuterRef("pk")}
    decisions = JointDecision.objects.filter(**own, confirmed_at__isnull=True)
    dossiers = Application.objects.filter(**own)
    unplaced = dossiers.filter(status=Status.ELIGIBLE, place__isnull=True)
    unsigned = Assignment.objects.filter(
        panel__call=OuterRef("pk"), state__in=("to_declare", "open", "finished")
    )
    scribes = Scribe.objects.filter(panel__call=OuterRef("pk"), user=user)
    typed = paper_of(user).filter(seat__panel__call=OuterRef("pk")).order_by("pk")
    rows = (
        Call.objects.filter(status__in=UNDER_WAY)
        .annotate(
            to_group=Q(
                Exists(unplaced),
                ~Exists(dossiers.filter(status__in=STILL_CHECKED)),
                status__in=(CallStatus.PUBLISHED, CallStatus.SCREENED),
            ),
            to_draw=drawable(),
            unsigned=Exists(unsigned),
            ties=_ties(),
            deciding=Exists(decisions),
            to_confirm=ArraySubquery(
                decisions.exclude(proposed_by=user).order_by("pk").values("minutes_no")
            ),
            short=short_and_open(),
            to_agree=ArraySubquery(
                shortfalls().filter(**own).exclude(proposed_by=user).order_by("pk").values("pk")
            ),
            is_scribe=Exists(scribes),
            to_check=ArraySubquery(to_check(typed, user).values("pk")),
            to_lock=ArraySubquery(to_lock(typed, user).values("pk")),
            to_rank_again=Q(to_rank_again(), status=CallStatus.RANKED),
            site_checks=ArraySubquery(
                waiting_for_checker(user).filter(application__call=OuterRef("pk"))
            ),
            shortlisted=Exists(Shortlist.objects.filter(**own)),
            unset=_heard(Count("panel", distinct=True), panel__sitting__isnull=True),
            unkept=_heard(
                Count("pk"), panel__sitting__starts_at__lte=clock.NOW, minutes__isnull=True
            ),
            to_correct=ArraySubquery(
                MinutesCorrection.objects.filter(
                    minutes__entry__shortlist__call=OuterRef("pk"), accepted=None
                )
                .exclude(proposed_by=user)
                .order_by("pk")
                .values("minutes__entry__application")
            ),
        )
        .order_by("year", "sequence")
    )
    return [CallUnderWay(**row) for row in rows.values(*(f.name for f in fields(CallUnderWay)))]


def _heard(counted: Count, **which: object) -> Coalesce:
    """How many of the call's shortlisted dossiers, or of their panels, are such."""
    rows = ShortlistEntry.objects.filter(
        shortlist__call=OuterRef("pk"), place__isnull=False, **which
    )
    counts = rows.order_by().values("shortlist__call").annotate(n=counted).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _ties() -> Coalesce:
    """How many entries of the call's last ranking are tied."""
    newer = Ranking.objects.filter(
        call=OuterRef("ranking__call"), version__gt=OuterRef("ranking__version")
    )
    counted = (
        RankingEntry.objects.filter(~Exists(newer), ranking__call=OuterRef("pk"), tied=True)
        .order_by()
        .values("ranking__call")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
