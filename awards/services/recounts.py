"""Periods that reached a year without known holidays, counted again once they are known."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from audit.services import Entry, record_all
from awards.facts import notice_facts
from awards.models import (
    Agreement,
    Clawback,
    FundingItem,
    Objection,
    ObjectionReview,
    PublicNotice,
    Recall,
)
from calendars.deadlines import due, notice_end
from calendars.instants import end_of_day
from calendars.models import CalendarYear
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import enqueue


def on_year_published(sender: object, notice: CalendarYear, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction: a job counts."""
    enqueue(task="awards.tasks.recount", key=f"recount:awards:{notice.pk}", payload={})


class Period(NamedTuple):
    """Rows whose term is provisional: the day each is counted from (None: not yet) with its working
    days, and the names of what is written, the last instant and whether it is still provisional.
    """

    rows: Callable[[], QuerySet[Any]]
    counted: Callable[[Any], tuple[date | None, int]]
    until: str = "due_at"
    provisional: str = "provisional"


def _part(item: FundingItem) -> tuple[date | None, int]:
    asked_at = item.promoted_at or item.funding_list.decided_at
    return asked_at and day_of(asked_at), item.funding_list.call.rule_set.part_answer_days


def _review(row: Objection) -> tuple[date | None, int]:
    """Until when a review may be asked for."""
    days = row.notice.call.rule_set.objection_review_days
    return row.answered_at and day_of(row.answered_at), days


def _objection(row: Objection) -> tuple[date | None, int]:
    return day_of(row.filed_at), row.notice.call.rule_set.objection_answer_days


def _objection_review(row: ObjectionReview) -> tuple[date | None, int]:
    return day_of(row.asked_at), row.objection.notice.call.rule_set.objection_answer_days


def _agreement(row: Agreement) -> tuple[date | None, int]:
    return day_of(row.drawn_up_at), row.award.application.call.rule_set.agreement_days


def _recall(row: Recall) -> tuple[date | None, int]:
    return day_of(row.issued_at), row.award.application.call.rule_set.recall_reply_days


def _clawback(row: Clawback) -> tuple[date | None, int]:
    return row.ordered_on, row.award.application.call.rule_set.clawback_days


PARTS = Period(
    lambda: FundingItem.objects.filter(answer_provisional=True, consent="").select_related(
        "funding_list__call"
    ),
    _part,
    "answer_due",
    "answer_provisional",
)
PERIODS = (
    Period(
        lambda: Objection.objects.filter(
            provisional=True, status__in=("filed", "accepted")
        ).select_related("notice__call"),
        _objection,
    ),
    Period(
        lambda: Objection.objects.filter(review_provisional=True).select_related("notice__call"),
        _review,
        "review_until",
        "review_provisional",
    ),
    Period(
        lambda: ObjectionReview.objects.filter(provisional=True, status="asked").select_related(
            "objection__notice__call"
        ),
        _objection_review,
    ),
    Period(
        lambda: Agreement.objects.filter(
            provisional=True, office_signed_at__isnull=True
        ).select_related("award__application__call"),
        _agreement,
        "sign_by",
    ),
    Period(
        lambda: Recall.objects.filter(provisional=True, status="issued").select_related(
            "award__application__call"
        ),
        _recall,
    ),
    Period(
        lambda: Clawback.objects.filter(provisional=True, settled_at__isnull=True).select_related(
            "award__application__call"
        ),
        _clawback,
    ),
)


@transaction.atomic
def recount() -> None:
    """Count every provisional period anew by the working days now in force."""
    table = working_days()
    _recount(PARTS, table)
    _notices(table)
    for period in PERIODS:
        _recount(period, table)


def _recount(period: Period, table: WorkingDays) -> None:
    rows = period.rows().select_for_update(of=("self",)).order_by("pk")
    held = list(rows)
    for row in held:
        begin, days = period.counted(row)
        if begin is not None:
            end = due(begin, days, table)
            setattr(row, period.until, end_of_day(end.day))
            setattr(row, period.provisional, end.provisional)
    rows.model.objects.bulk_update(held, [period.until, period.provisional])


def _notices(table: WorkingDays) -> None:
    rows = list(
        PublicNotice.objects.select_for_update(of=("self",))
        .filter(provisional=True)
        .select_related("call")
        .order_by("pk")
    )
    entries = []
    for row in rows:
        end = notice_end(row.starts_on, row.working_days, table)
        before = {"to": row.ends_on}
        row.ends_on, row.provisional = end.day, end.provisional
        if before["to"] != row.ends_on:
            entries.append(
                Entry(
                    action="notice.recount",
                    obj=row,
                    by=None,
                    before=before,
                    after=notice_facts(row),
                    scope=row.call.number,
                )
            )
    PublicNotice.objects.bulk_update(rows, ["ends_on", "provisional"])
    record_all(entries)
