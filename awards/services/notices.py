"""公示: publishing the proposed projects for a number of working days, the first day included."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Application, Call, CallStatus
from applications.services.call_steps import advance_call_held
from applications.services.lifecycle import Move, advance_held, lock_all, tell_firms
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import WrongState
from audit.services import Entry
from awards.facts import notice_facts
from awards.models import FundingItem, FundingList, NoticeItem, Outcome, PublicNotice
from awards.rules import require
from calendars.deadlines import notice_end
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import Dispatch


def _content(call: Call, items: list[FundingItem], passed: Iterable[FundingItem]) -> dict[str, Any]:
    return {
        "call": call.number,
        "items": [
            {
                "rank": item.rank,
                "application": item.application.number,
                "title": item.application.title,
                "firm": item.application.firm.name,
                "region": item.application.region.code,
                "amount": item.amount,
            }
            for item in items
        ],
        "passed_over": [
            {
                "rank": item.rank,
                "application": item.application.number,
                "title": item.application.title,
                "firm": item.application.firm.name,
                "quota": item.note,
            }
            for item in passed
        ],
    }


def _passed_over(call: Call, items: list[FundingItem]) -> list[FundingItem]:
    """Whom a quota passes over and who still waits on the list of these items, in rank order."""
    if not call.rule_set.has_quotas:
        return []
    passed = FundingItem.objects.filter(
        funding_list=items[0].funding_list_id,
        outcome=Outcome.PASSED_OVER,
        application__status=Status.RESERVE,
    )
    return list(passed.select_related("application__firm").order_by("position"))


def _first_day(table: WorkingDays, day: date) -> date:
    """The first working day from this one on: a notice starts on a day the office works."""
    return day if table.is_working(day) else table.next_working_day(day)


def ready_items(funding_list: FundingList) -> list[FundingItem]:
    """Proposed projects without a notice; a part of what was asked for only with consent."""
    agreed = Q(outcome=Outcome.FUNDED) | Q(outcome=Outcome.PARTIAL, consent="given")
    return list(
        funding_list.items.filter(agreed, application__status=Status.PROPOSED)
        .select_related("application__firm", "application__region")
        .order_by("position")
    )


@transaction.atomic
def publish_notice(*, call: Call, by: User) -> PublicNotice:
    """Publish every proposed project that is not on notice yet; later ones get a supplementary one.

    The period counts working days and includes its first day, the next day the office works. A
    project offered a part waits for its firm's consent and follows in a later notice.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    approved = FundingList.objects.filter(call=call, status="approved")
    funding_list = approved.annotate(notices=Count("call__notices")).first()
    if funding_list is None:
        raise WrongState(_("The approver has not decided on the funding list yet."))
    items = ready_items(funding_list)
    if not items:
        if funding_list.items.filter(
            outcome=Outcome.PARTIAL, application__status=Status.PROPOSED
        ).exists():
            raise WrongState(
                _("The firm offered a part has not agreed to it yet. Wait for its answer.")
            )
        raise WrongState(_("No project waits for a public notice."))
    notice = _write(call, items, funding_list.notices + 1, by)
    entries = [_published(notice, len(items), by)]
    if call.status == CallStatus.DECIDED:
        entries.append(advance_call_held(call, to=CallStatus.ON_NOTICE, by=by))
    dossiers = lock_all(item.application_id for item in items)
    moves = [Move(application=a, step="put_on_notice", reason=notice.number) for a in dossiers]
    tell_firms(advance_held(moves, by=by, others=entries), *_to_firms(notice, dossiers))
    return notice


def _published(notice: PublicNotice, items: int, by: User) -> Entry:
    return Entry(
        action="notice.publish",
        obj=notice,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target="on_notice",
        after={"items": items, **notice_facts(notice)},
        scope=notice.call.number,
    )


def _write(call: Call, items: list[FundingItem], sequence: int, by: User) -> PublicNotice:
    table, now, days = working_days(), clock.now(), call.rule_set.notice_days
    starts_on = _first_day(table, day_of(now))
    end = notice_end(starts_on, days, table)
    content = _content(call, items, _passed_over(call, items)) | {
        "from": starts_on,
        "to": end.day,
        "working_days": days,
    }
    notice = PublicNotice.objects.create(
        call=call,
        number=f"{call.number}-N{sequence}",
        title=call.name_zh,
        starts_on=starts_on,
        ends_on=end.day,
        working_days=days,
        provisional=end.provisional,
        supplementary=sequence > 1,
        content=json.loads(canonical(content)),
        digest=sm3(canonical(content)),
        published_by=by,
        published_at=now,
    )
    NoticeItem.objects.bulk_create(
        NoticeItem(notice=notice, item=i, application=i.application, amount=i.amount) for i in items
    )
    return notice


def _to_firms(notice: PublicNotice, dossiers: list[Application]) -> list[Dispatch]:
    people = members_by_firm({application.firm_id for application in dossiers})
    return [
        Dispatch(
            kind="notice.published",
            recipients=people[application.firm_id],
            key=f"notice.published:{notice.pk}:{application.pk}",
            context={
                "title": application.title,
                "from": notice.starts_on,
                "to": notice.ends_on,
            },
            url=f"/dossiers/{application.pk}/",
            about=application,
        )
        for application in dossiers
    ]
