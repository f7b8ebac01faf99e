"""Periods that reached a year without known holidays, counted again once they are known."""

from django.db import transaction

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


@transaction.atomic
def recount() -> None:
    """Count every provisional period anew by the working days now in force."""
    table = working_days()
    _parts(table)
    _notices(table)
    _objections(table)
    _reviews(table)
    _agreements(table)
    _recalls(table)
    _clawbacks(table)


def _parts(table: WorkingDays) -> None:
    rows = list(
        FundingItem.objects.select_for_update(of=("self",))
        .filter(answer_provisional=True, consent="")
        .select_related("funding_list__call")
        .order_by("pk")
    )
    for row in rows:
        asked_at = row.promoted_at or row.funding_list.decided_at
        if asked_at is None:
            continue
        days = row.funding_list.call.rule_set.part_answer_days
        end = due(day_of(asked_at), days, table)
        row.answer_due, row.answer_provisional = end_of_day(end.day), end.provisional
    FundingItem.objects.bulk_update(rows, ["answer_due", "answer_provisional"])


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


def _objections(table: WorkingDays) -> None:
    rows = list(
        Objection.objects.select_for_update(of=("self",))
        .filter(provisional=True, status__in=("filed", "accepted"))
        .select_related("notice__call")
        .order_by("pk")
    )
    for row in rows:
        end = due(day_of(row.filed_at), row.notice.call.rule_set.objection_answer_days, table)
        row.due_at, row.provisional = end_of_day(end.day), end.provisional
    Objection.objects.bulk_update(rows, ["due_at", "provisional"])


def _reviews(table: WorkingDays) -> None:
    """Until when a review may be asked for, and by when one is decided."""
    rows = list(
        Objection.objects.select_for_update(of=("self",))
        .filter(review_provisional=True)
        .select_related("notice__call")
        .order_by("pk")
    )
    for row in rows:
        if row.answered_at is not None:
            end = due(
                day_of(row.answered_at), row.notice.call.rule_set.objection_review_days, table
            )
            row.review_until, row.review_provisional = end_of_day(end.day), end.provisional
    Objection.objects.bulk_update(rows, ["review_until", "review_provisional"])
    asked = list(
        ObjectionReview.objects.select_for_update(of=("self",))
        .filter(provisional=True, status="asked")
        .select_related("objection__notice__call")
        .order_by("pk")
    )
    for one in asked:
        days = one.objection.notice.call.rule_set.objection_answer_days
        end = due(day_of(one.asked_at), days, table)
        one.due_at, one.provisional = end_of_day(end.day), end.provisional
    ObjectionReview.objects.bulk_update(asked, ["due_at", "provisional"])


def _agreements(table: WorkingDays) -> None:
    rows = list(
        Agreement.objects.select_for_update(of=("self",))
        .filter(provisional=True, office_signed_at__isnull=True)
        .select_related("award__application__call")
        .order_by("pk")
    )
    for row in rows:
        days = row.award.application.call.rule_set.agreement_days
        end = due(day_of(row.drawn_up_at), days, table)
        row.sign_by, row.provisional = end_of_day(end.day), end.provisional
    Agreement.objects.bulk_update(rows, ["sign_by", "provisional"])


def _recalls(table: WorkingDays) -> None:
    rows = list(
        Recall.objects.select_for_update(of=("self",))
        .filter(provisional=True, status="issued")
        .select_related("award__application__call")
        .order_by("pk")
    )
    for row in rows:
        days = row.award.application.call.rule_set.recall_reply_days
        end = due(day_of(row.issued_at), days, table)
        row.due_at, row.provisional = end_of_day(end.day), end.provisional
    Recall.objects.bulk_update(rows, ["due_at", "provisional"])


def _clawbacks(table: WorkingDays) -> None:
    rows = list(
        Clawback.objects.select_for_update(of=("self",))
        .filter(provisional=True, settled_at__isnull=True)
        .select_related("award__application__call")
        .order_by("pk")
    )
    for row in rows:
        end = due(row.ordered_on, row.award.application.call.rule_set.clawback_days, table)
        row.due_at, row.provisional = end_of_day(end.day), end.provisional
    Clawback.objects.bulk_update(rows, ["due_at", "provisional"])
