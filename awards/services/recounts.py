"""Periods that reached a year without known holidays, counted again once they are known."""

from django.db import transaction

from audit.services import record
from awards.facts import notice_facts
from awards.models import Agreement, Objection, PublicNotice
from calendars.deadlines import due, notice_end
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of


def on_year_published(sender: object, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction."""
    count_again()


@transaction.atomic
def count_again() -> int:
    """Count every provisional period anew with the table as it stands; how many are settled now."""
    table = working_days()
    notices = PublicNotice.objects.select_for_update(of=("self",)).filter(provisional=True)
    settled = sum(_notice(row, table) for row in notices.select_related("call"))
    objections = Objection.objects.select_for_update(of=("self",)).filter(
        provisional=True, status__in=("filed", "accepted")
    )
    settled += sum(_objection(row, table) for row in objections.select_related("notice__call"))
    agreements = Agreement.objects.select_for_update(of=("self",)).filter(
        provisional=True, office_signed_at__isnull=True
    )
    return settled + sum(
        _agreement(row, table) for row in agreements.select_related("award__application__call")
    )


def _notice(row: PublicNotice, table: WorkingDays) -> bool:
    end = notice_end(row.starts_on, row.working_days, table)
    before = {"to": row.ends_on}
    row.ends_on, row.provisional = end.day, end.provisional
    row.save(update_fields=["ends_on", "provisional"])
    if before["to"] != row.ends_on:
        record(
            action="notice.recount",
            obj=row,
            by=None,
            before=before,
            after=notice_facts(row),
            scope=row.call.number,
        )
    return not row.provisional


def _objection(row: Objection, table: WorkingDays) -> bool:
    days = row.notice.call.rule_set.objection_answer_days
    end = due(day_of(row.filed_at), days, table)
    row.due_at, row.provisional = end_of_day(end.day), end.provisional
    row.save(update_fields=["due_at", "provisional"])
    return not row.provisional


def _agreement(row: Agreement, table: WorkingDays) -> bool:
    days = row.award.application.call.rule_set.agreement_days
    end = due(day_of(row.drawn_up_at), days, table)
    row.sign_by, row.provisional = end_of_day(end.day), end.provisional
    row.save(update_fields=["sign_by", "provisional"])
    return not row.provisional
