"""Reminders: what waits for a person is recalled 14, 7, 2 and 1 days before it is due."""

import hashlib
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import Membership, RoleGrant, User
from accounts.waiting import WaitingItem
from audit import clock
from calendars.reminders import days_left, step_of
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.rounds import once_a_day
from notifications.services import notify
from portal.selectors.waiting import waiting_for

MORNING = time(8, 0)  # of Shanghai


def people_with_duties() -> QuerySet[User]:
    """Active people who hold a role or act for a firm."""
    own = {"user": OuterRef("pk")}
    return User.objects.filter(
        Q(Exists(RoleGrant.objects.live().filter(**own)))
        | Q(Exists(Membership.objects.live().filter(**own))),
        is_active=True,
    ).order_by("pk")


def remind_this_morning() -> int | None:
    """The day's reminders, once; None: it is too early, or they were sent."""
    return once_a_day("reminders", MORNING, remind_all)


def remind_all() -> int:
    """Recall to everybody what is due in 14, 7, 2 or 1 days. Returns how many items stand so near.

    Each step of each deadline is told once, by the message's key; a date that moves is another
    deadline. Days are working days where the limit is counted in them.
    """
    now, table, told = clock.now(), working_days(), 0
    for user in people_with_duties().iterator(chunk_size=200):
        with override(user.language):
            for item in waiting_for(user, now):
                told += _remind(item, user, now, table)
    return told


def _remind(item: WaitingItem, user: User, now: datetime, table: WorkingDays) -> bool:
    """Whether the item stands so near that it is recalled, now or before."""
    if item.due is None or item.due < now:
        return False
    left = days_left(day_of(now), day_of(item.due), table if item.working_days else None)
    step = step_of(left)
    if step is None:
        return False
    deadline = f"{item.url}|{item.part}|{item.due.astimezone(clock.SHANGHAI):%Y%m%d%H%M}"
    what = hashlib.sha256(deadline.encode()).hexdigest()[:32]
    notify(
        kind="reminder.due",
        recipients=[user],
        key=f"reminder.due:{what}:{step}",
        context={
            "title": item.title,
            "why": item.why,
            "due": item.due,
            "left": _left(left, in_working_days=item.working_days),
        },
        url=item.url,
    )
    return True


def _left(days: int, *, in_working_days: bool) -> dict[str, str]:
    """How long there is, in both languages."""
    words = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            words[key] = _left_words(days, in_working_days=in_working_days)
    return words


def _left_words(days: int, *, in_working_days: bool) -> str:
    if days == 0:
        return _("Today is the last day.")
    text = (
        ngettext("%(n)d working day is left.", "%(n)d working days are left.", days)
        if in_working_days
        else ngettext("%(n)d day is left.", "%(n)d days are left.", days)
    )
    return text % {"n": days}
