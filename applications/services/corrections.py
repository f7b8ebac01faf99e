"""Return once with every reason (一次性告知补正), its answer, and its lapse."""

from datetime import datetime
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application, CorrectionRequest
from applications.models.screening import Stage
from applications.officer_messages import PROVISIONAL
from applications.selectors import corrections as reading
from applications.services import lifecycle
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record_all
from calendars import deadlines
from calendars.instants import end_of_day
from calendars.models import CalendarYear
from calendars.selectors import working_days
from calendars.table import WorkingDays
from calendars.wording import day_of
from notifications.services import enqueue

MAX_REASONS = 40
MAX_TEXT = 2000


class Reason(TypedDict):
    """One thing to correct: the section's code ("" for the whole dossier) and the text."""

    section: str
    text: str


STAGES = {
    Status.SUBMITTED: (Stage.REGION, "return_by_region"),
    Status.RECOMMENDED: (Stage.SCREENING, "return_by_screening"),
}


@transaction.atomic
def return_to_firm(
    *, application: Application, reasons: list[Reason], by: User
) -> CorrectionRequest:
    """Return a dossier for correction, once per stage, all reasons at once.

    The due date counts the call's correction days in working days, the day of receipt not
    counted. Refuses a second return of the same stage, an empty list, and any other state.
    """
    locked = lifecycle.lock(application)
    if locked.status not in STAGES:
        raise WrongState(
            _("Only a dossier in regional check or in eligibility screening can be returned.")
        )
    stage, step = STAGES[Status(locked.status)]
    if reading.correction_of(locked, stage) is not None:
        raise WrongState(
            _(
                "This dossier was already returned once at this stage. A correction is asked for "
                "only once: decide on what is there now."
            )
        )
    kept = _checked(reasons)
    now = clock.now()
    due = deadlines.due(clock.today(), locked.call.rule_set.correction_days, working_days())
    correction = CorrectionRequest.objects.create(
        application=locked,
        stage=stage,
        reasons=kept,
        due_at=end_of_day(due.day),
        provisional=due.provisional,
        requested_by=by,
        requested_at=now,
    )
    lifecycle.advance(
        application=locked,
        step=step,
        by=by,
        reason="\n".join(r["text"] for r in kept),
        after={"correction": correction.pk, "due_at": correction.due_at, "reasons": kept},
        context={
            "count": len(kept),
            "due": correction.due_at,
            "provisional": PROVISIONAL if correction.provisional else "",
        },
    )
    return correction


def _checked(reasons: list[Reason]) -> list[Reason]:
    kept = [
        Reason(section=r.get("section", "").strip(), text=r["text"].strip())
        for r in reasons
        if r.get("text", "").strip()
    ]
    if not kept:
        raise Invalid(
            _("Write at least one reason: the firm must know what to correct."), "reasons"
        )
    if len(kept) > MAX_REASONS or any(len(r["text"]) > MAX_TEXT for r in kept):
        raise Invalid(
            _("At most 40 reasons of at most 2,000 characters each. Shorten the list."), "reasons"
        )
    return kept


def lapse_overdue(now: datetime | None = None) -> int:
    """Let every dossier lapse whose correction is overdue; how many. Each in its own transaction.

    A provisional date is first counted again with the table as it now stands; while it stays
    provisional nothing lapses by it.
    """
    moment = now or clock.now()
    overdue = (
        CorrectionRequest.objects.filter(
            answered_at__isnull=True,
            due_at__lt=moment,
            application__status=Status.RETURNED,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(_lapse(pk, moment) for pk in list(overdue))


@transaction.atomic
def _lapse(pk: int, now: datetime) -> int:
    correction = CorrectionRequest.objects.select_related("application__call").get(pk=pk)
    application = lifecycle.lock(correction.application)
    correction.refresh_from_db()
    if application.status != Status.RETURNED or correction.answered_at is not None:
        return 0
    if correction.provisional:
        _count_again([correction], working_days())
    if correction.provisional or correction.due_at >= now:
        return 0
    lifecycle.advance(
        application=application,
        step="lapse",
        by=None,
        reason="逾期未补正",  # the record's language is Chinese, whoever's worker writes it
        after={"correction": correction.pk, "due_at": correction.due_at},
        context={"due": correction.due_at},
    )
    return 1


def on_year_published(sender: object, notice: CalendarYear, **_kwargs: object) -> None:
    """Receiver of `calendars.signals.year_published`, inside its transaction: a job counts."""
    enqueue(task="applications.tasks.recount", key=f"recount:applications:{notice.pk}", payload={})


@transaction.atomic
def recount() -> None:
    """Count the provisional due dates again by the working days now in force."""
    rows = CorrectionRequest.objects.select_for_update(of=("self",)).filter(
        answered_at__isnull=True, provisional=True
    )
    _count_again(list(rows.select_related("application__call").order_by("pk")), working_days())


def _count_again(rows: list[CorrectionRequest], table: WorkingDays) -> None:
    """Recount these provisional due dates and keep what changed."""
    changed, entries = [], []
    for row in rows:
        days = row.application.call.rule_set.correction_days
        due = deadlines.due(day_of(row.requested_at), days, table)
        before = {"due_at": row.due_at, "provisional": True}
        row.due_at, row.provisional = end_of_day(due.day), due.provisional
        after = {"due_at": row.due_at, "provisional": due.provisional}
        if after != before:
            changed.append(row)
            entries.append(
                Entry(
                    action="correction.recount",
                    obj=row,
                    by=None,
                    before=before,
                    after=after,
                    scope=row.application.call.number,
                )
            )
    CorrectionRequest.objects.bulk_update(changed, ["due_at", "provisional"])
    record_all(entries)
