"""A part of what was asked for: offered to the firm, which answers by a date."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Level
from accounts.selectors import members_by_firm
from awards.models import FundingItem
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import Dispatch


def offer_parts(items: Sequence[FundingItem], now: datetime) -> list[Dispatch]:
    """Set by when the firms answer, and say what tells their owners of the smaller sum.

    `items`: of one approved list, with their dossiers and the dossiers' call, none answered yet.
    """
    if not items:
        return []
    days = items[0].application.call.rule_set.part_answer_days
    end = due(day_of(now), days, working_days())
    for item in items:
        item.answer_due, item.answer_provisional = end_of_day(end.day), end.provisional
    FundingItem.objects.bulk_update(items, ["answer_due", "answer_provisional"])
    owners = members_by_firm({item.application.firm_id for item in items}, Level.OWNER)
    return [
        Dispatch(
            kind="funding.part_offered",
            recipients=owners[item.application.firm_id],
            key=f"funding.part_offered:{item.pk}:{item.amount}",
            context={
                "title": item.application.title,
                "amount": item.amount,
                "requested": item.application.requested or item.amount,
                "due": item.answer_due,
            },
            url=f"/dossiers/{item.application_id}/",
            about=item.application,
        )
        for item in items
    ]
