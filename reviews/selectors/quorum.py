"""Which dossiers can still get the scores that the rules ask for, and which cannot."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from applications.call_rules import CallRules
from applications.models import Application, Call, CallStatus
from applications.workflow import Status
from reviews.models import Assignment, AssignmentState, SeatState, Shortfall, Stage
from reviews.rules import stage_at
from reviews.selectors.hearing import has_shortlist
from reviews.selectors.office import unsigned
from reviews.selectors.scores import too_few

SITTING = (SeatState.INVITED, SeatState.ACCEPTED)
AT_TABLE = ("drawn", "scoring", "closed")  # panels whose experts are drawn
WATCHED = (CallStatus.SCREENED, CallStatus.IN_REVIEW, CallStatus.SCORED)
# While it may be agreed that dossiers go on with too few scores.
DECIDED_IN = (CallStatus.IN_REVIEW, CallStatus.HEARING, CallStatus.SCORED)
UNSIGNED = (AssignmentState.TO_DECLARE, AssignmentState.OPEN, AssignmentState.FINISHED)
# Signed, or with somebody who may still sign.
COUNTS = Q(state=AssignmentState.LOCKED) | Q(state__in=UNSIGNED, seat__state__in=SITTING)


def counts(row: Assignment) -> bool:
    """Whether a score may come of it on paper: `COUNTS`, asked of a row at hand with its seat."""
    may_sign = row.state in UNSIGNED and row.seat.state in SITTING
    return row.stage == Stage.PAPER and (row.state == AssignmentState.LOCKED or may_sign)


@dataclass(frozen=True, slots=True)
class Short:
    """A dossier that can get `possible` scores at most and needs `needed`."""

    application: Application
    panel: int
    possible: int
    needed: int


def _counted(rows: QuerySet[Any, Any], by: str) -> Coalesce:
    """How many there are of the outer row, by its name in them; 0 for none."""
    counts = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _short() -> QuerySet[Application, Application]:
    """Dossiers that are judged and can no longer get scores enough, each with `.possible`,
    `.needed` and `.at_panel`. What a firm withdrew is not judged and does not count.
    """
    scores = Assignment.objects.filter(COUNTS, stage=Stage.PAPER, application=OuterRef("pk"))
    return (
        Application.objects.filter(place__panel__status__in=AT_TABLE, call__status__in=WATCHED)
        .exclude(status=Status.WITHDRAWN)
        .annotate(
            possible=_counted(scores, "application"),
            needed=Coalesce(
                Cast(KeyTextTransform("min_scores", "call__rules"), IntegerField()),
                CallRules().min_scores,
            ),
            at_panel=F("place__panel__number"),
        )
        .filter(possible__lt=F("needed"))
    )


def short_dossiers(call: Call) -> list[Short]:
    """The dossiers of a call that can no longer get scores enough, by number. One query."""
    rows: QuerySet[Any, Any] = _short().filter(call=call).order_by("number")
    return [Short(a, a.at_panel, a.possible, a.needed) for a in rows]


def short_and_open() -> Coalesce:
    """Of a call, to annotate with: how many of its dossiers are short without two people having
    agreed that they go on.
    """
    return _counted(_short().filter(~goes_on(), call=OuterRef("pk")), "call")


def goes_on() -> Exists:
    """Condition of a dossier: two people have agreed that it goes on with too few scores."""
    named = Func(OuterRef("pk"), function="to_jsonb", output_field=JSONField())
    return Exists(
        Shortfall.objects.filter(
            call=OuterRef("call"), confirmed_at__isnull=False, applications__contains=named
        )
    )


def short_now(call: Call, now: datetime) -> list[Application]:
    """The dossiers that would go on with too few scores: while experts may still sign, those for
    which not enough experts are left; afterwards those with too few signed sheets.
    """
    if stage_at(call) == Stage.HEARING or call.status == CallStatus.SCORED:
        return list(too_few(call, hearing=call.rule_set.has_hearing and has_shortlist(call)))
    over = call.scoring_due_at is not None and now >= call.scoring_due_at
    if call.status != CallStatus.IN_REVIEW or over or not unsigned(call):
        return list(too_few(call))
    return [row.application for row in short_dossiers(call)]


def agreed(call: Call) -> set[int]:
    """Ids of the dossiers of which two people have said that they go on with too few scores."""
    rows = call.shortfalls.filter(confirmed_at__isnull=False)
    return {pk for named in rows.values_list("applications", flat=True) for pk in named}


def waiting() -> QuerySet[Shortfall]:
    """Shortfalls that wait for a second person, the oldest first."""
    return Shortfall.objects.filter(
        confirmed_at__isnull=True, call__status__in=DECIDED_IN
    ).select_related("call", "proposed_by")
