"""The one clock: the database's, so that every web server and worker agrees on "now".

A database marked as a rehearsal's may differ from it by an offset, which lets five months pass in
a minute; everywhere else the offset cannot exist (a constraint and a trigger hold that).
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import DateTimeField, Func
from django.utils.translation import gettext_lazy as _

from audit.models import Installation
from audit.refusals import Invalid, WrongState

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = Func(function="steelyard_now", output_field=DateTimeField())
"""`now()` inside of a query that asks something else."""

MOVE_TO = """
UPDATE audit_installation SET "offset" = to_be.value
FROM (SELECT %s::timestamptz - clock_timestamp() AS value) to_be
WHERE is_rehearsal AND (to_be.value >= "offset" OR NOT EXISTS (SELECT 1 FROM audit_event))
"""
MOVE_BY = """
UPDATE audit_installation SET "offset" = "offset" + to_be.value
FROM (SELECT %s::interval AS value) to_be
WHERE is_rehearsal
  AND (to_be.value >= interval '0' OR NOT EXISTS (SELECT 1 FROM audit_event))
"""


def now() -> datetime:
    """This instant by the database's clock, aware, in UTC. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT steelyard_now()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


def today() -> date:
    """The day it is now in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def is_rehearsal() -> bool:
    """Whether this database is marked as a rehearsal's."""
    return Installation.objects.filter(is_rehearsal=True).exists()


def mark_as_rehearsal() -> None:
    """Mark this database as a rehearsal's, for ever. WrongState once anything was recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT steelyard_mark_as_rehearsal()")
        row = cursor.fetchone()
    if not row[0]:
        raise WrongState(
            _("This database already has a history, so it is no rehearsal's. Use another one.")
        )


def travel_to(moment: datetime) -> None:
    """Let the clock of a rehearsal show this aware instant from now on.

    Anywhere while nothing is recorded yet, so that a rehearsal may begin in a past year; forward
    only after that. WrongState elsewhere than in a rehearsal, Invalid backwards.
    """
    if moment.tzinfo is None:
        raise ValueError("a naive datetime names no instant")
    _move(MOVE_TO, moment)


def travel_by(step: timedelta) -> None:
    """Let this much time pass at once; the same rules."""
    _move(MOVE_BY, step)


def _move(statement: str, value: Any) -> None:
    """Move the clock of a rehearsal: one row changes, or the reason why not is raised."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        if cursor.rowcount:
            return
    if is_rehearsal():
        raise Invalid(_("The clock of a rehearsal moves forward only."))
    raise WrongState(_("Only the clock of a rehearsal database can be moved."))
