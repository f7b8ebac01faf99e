"""收回通知: issued to idle projects by the clock, answered by the firm, lifted by an officer."""

from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from audit import clock
from audit.refusals import NotPermitted, WrongState
from audit.services import record_all
from awards.models import Award, Instalment, Recall
from awards.rules import require
from awards.selectors.people import firm_people
from awards.selectors.recoveries import idle
from awards.services.endings import lock_ending
from awards.services.project_acts import entry, told, written
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from notifications.services import notify_all

PAGE = "ending"
IDLE_LOCK = 7_202_611  # of the task that looks for idle projects


@transaction.atomic
def recall_idle() -> int:
    """Issue a recall to every idle project; how many. Nothing while another beat does the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [IDLE_LOCK])
        [(held,)] = cursor.fetchall()
    if not held:
        return 0
    today, now, table = clock.today(), clock.now(), working_days()
    messages, events = [], []
    for award, since in _held_idle(today):
        deadline = due(today, award.application.call.rule_set.recall_reply_days, table)
        row = Recall.objects.create(
            award=award,
            idle_since=since,
            issued_at=now,
            due_at=end_of_day(deadline.day),
            provisional=deadline.provisional,
        )
        events.append(entry(row, "recall.issue", None, target="issued"))
        people = firm_people(award.application)
        messages.append(told(row, "recall.issued", people, PAGE, since=since, due=row.due_at))
    record_all(events)
    notify_all(messages)
    return len(events)


def _held_idle(today: date) -> list[tuple[Award, date]]:
    """The idle projects, held. They are asked for again once they are: a claim, a report or the end
    of a project may have come in while another's transaction was waited for."""
    found = [award.pk for award, _since in idle(today)]
    if not found:
        return []
    list(Instalment.objects.select_for_update().filter(award__in=found).order_by("award", "pk"))
    list(Award.objects.select_for_update().filter(pk__in=found).order_by("pk"))
    return idle(today, found)


def lock_recall(recall: Recall) -> Recall:
    """The recall held with its award, while it is open. Raises WrongState."""
    award, _parts = lock_ending(recall.award)
    row = Recall.objects.select_for_update().get(pk=recall.pk)
    row.award = award
    if row.status not in ("issued", "replied"):
        raise WrongState(_("This recall is settled. Open the page again and check."))
    return row


@transaction.atomic
def reply(*, recall: Recall, text: str, by: User) -> Recall:
    """The firm says why the project stood still and how it goes on."""
    row = lock_recall(recall)
    if not is_owner(by, row.award.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm replies to the recall."))
    if row.status != "issued":
        raise WrongState(_("The reply has been sent already."))
    now = clock.now()
    if now > row.due_at and not row.provisional:
        raise WrongState(_("The time for the reply has passed; please call the office."))
    row.status, row.reply = "replied", written(text, "text")
    row.replied_by, row.replied_at = by, now
    row.save(update_fields=["status", "reply", "replied_by", "replied_at"])
    event = entry(row, "recall.reply", by, source="issued", target="replied", why=row.reply)
    record_all([event])
    officers = users_with_role(Role.PROGRAMME_OFFICER)
    notify_all([told(row, "recall.replied", officers, PAGE)])
    return row


def settle_recall(row: Recall, status: str, text: str, by: User) -> None:
    """Settle the held recall in memory and in its row; the caller records and tells it."""
    row.status, row.settlement = status, text
    row.settled_by, row.settled_at = by, clock.now()
    row.save(update_fields=["status", "settlement", "settled_by", "settled_at"])


@transaction.atomic
def lift(*, recall: Recall, reason: str, by: User) -> Recall:
    """An officer lifts the recall: the project goes on."""
    role = require(by, Role.PROGRAMME_OFFICER)
    row = lock_recall(recall)
    source, why = row.status, written(reason, "reason")
    settle_recall(row, "lifted", why, by)
    record_all([entry(row, "recall.lift", by, role, source=source, target="lifted", why=why)])
    people = firm_people(row.award.application)
    notify_all([told(row, "recall.lifted", people, PAGE, reason=why)])
    return row
