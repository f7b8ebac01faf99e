"""What must hold of messages, deliveries and jobs, asked of the rows alone."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from audit.invariants import Check, Rule
from notifications.models import Outgoing

# The longest pause between two attempts is an hour, and the sweep comes every few seconds.
STUCK_AFTER: Final = timedelta(hours=2)
# A mail goes out each morning; a day's may be given up, and the next one tells its messages.
UNTOLD_AFTER: Final = timedelta(days=3)


def _once(table: str, key: str) -> Rule:
    return Rule(
        table,
        _("%(rows)s rows have its key"),
        f"""
        SELECT MIN(id), COUNT(*) AS rows FROM {table}
        GROUP BY {key} HAVING COUNT(*) > 1 ORDER BY MIN(id)
        """,  # noqa: S608  (constants of ours)
    )


def _stuck(table: str) -> Rule:
    return Rule(
        table,
        _("due since %(since)s and still waiting"),
        f"""
        SELECT id, to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS since
        FROM {table} WHERE state = %s AND due_at < steelyard_now() - %s ORDER BY id
        """,  # noqa: S608  (constants of ours)
        (Outgoing.PENDING, STUCK_AFTER),
    )


def _settled(table: str) -> Rule:
    return Rule(
        table,
        _("it is “%(state)s”, but says otherwise when that came about"),
        f"""
        SELECT id, state FROM {table}
        WHERE (state = %s) <> (done_at IS NOT NULL) ORDER BY id
        """,  # noqa: S608  (constants of ours)
        (Outgoing.DONE,),
    )


UNTOLD: Final = Rule(
    "notifications_digestline",
    _("written on %(since)s, and no mail of the day has told it"),
    """
    SELECT l.id, to_char(m.created_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS since
    FROM notifications_digestline l JOIN notifications_message m ON m.id = l.message_id
    WHERE l.sent_at IS NULL AND m.created_at < steelyard_now() - %s ORDER BY l.id
    """,
    (UNTOLD_AFTER,),
)

RULES: Final[dict[str, Check]] = {
    "notifications.messages.once": _once("notifications_message", "key"),
    "notifications.deliveries.once": _once("notifications_delivery", "message_id, channel"),
    "notifications.jobs.once": _once("notifications_job", "key"),
    "notifications.deliveries.stuck": _stuck("notifications_delivery"),
    "notifications.jobs.stuck": _stuck("notifications_job"),
    "notifications.digests.untold": UNTOLD,
    "notifications.deliveries.settled": _settled("notifications_delivery"),
    "notifications.jobs.settled": _settled("notifications_job"),
}
