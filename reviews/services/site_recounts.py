"""The firms' time for their view of a finding, counted again once a year's holidays are known."""

from django.db import transaction

from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.models import CalendarYear
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import enqueue
from reviews.models import FindingState, SiteFinding


def on_year_published(sender: object, notice: CalendarYear, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction: a job counts."""
    enqueue(task="reviews.tasks.recount", key=f"recount:reviews:{notice.pk}", payload={})


@transaction.atomic
def recount() -> None:
    """Count every provisional limit of what is not decided anew by the days now in force."""
    table = working_days()
    rows = list(
        SiteFinding.objects.select_for_update(of=("self",))
        .filter(provisional=True, state=FindingState.PENDING)
        .select_related("site_check__application__call")
        .order_by("pk")
    )
    for row in rows:
        days = row.site_check.application.call.rule_set.site_view_days
        limit = due(day_of(row.made_at), days, table)
        row.view_by, row.provisional = end_of_day(limit.day), limit.provisional
    SiteFinding.objects.bulk_update(rows, ["view_by", "provisional"])
