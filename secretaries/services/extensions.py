"""More time for a request: asked for once before the due day, granted one level up."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from audit.refusals import Invalid, NotPermitted, WrongState
from calendars import deadlines
from calendars.selectors import working_days
from calendars.wording import day_of
from secretaries import facts, rules
from secretaries.models import Extension, RequestStatus, ServiceRequest
from secretaries.selectors.settings import numbers
from secretaries.services import clock_rows, telling
from secretaries.services.request_rows import (
    act,
    checked_text,
    lock_for_secretary,
    lock_request,
    require_status,
)


@transaction.atomic
def ask_extension(*, request: ServiceRequest, days: int, reason: str, by: User) -> ServiceRequest:
    """The secretary asks for so many working days more, once, before the due day."""
    row, now = lock_for_secretary(request, by)
    require_status(row, RequestStatus.OPEN)
    if Extension.objects.filter(request=row).exists():
        raise WrongState(_("More time is asked for once only; it was asked for already."))
    set_by, finish = numbers(), row.finish
    if finish.due_at is None:
        raise WrongState(_("The clock stands still. Let it go on before you ask for more time."))
    latest = deadlines.add(day_of(finish.due_at), -set_by.extension_lead_days, working_days())
    if day_of(now) > latest.day:
        raise WrongState(
            ngettext_lazy(
                "More time is asked for at least %(days)s working day before the due day.",
                "More time is asked for at least %(days)s working days before the due day.",
                set_by.extension_lead_days,
            )
            % {"days": set_by.extension_lead_days}
        )
    if not 1 <= days <= set_by.extension_most_days:
        raise Invalid(
            ngettext_lazy(
                "%(most)s working day, not more.",
                "From 1 to %(most)s working days.",
                set_by.extension_most_days,
            )
            % {"most": set_by.extension_most_days},
            "days",
        )
    kept = checked_text(reason, "text")
    asked = Extension.objects.create(request=row, days=days, reason=kept, asked_by=by, asked_at=now)
    act(row, "extend", f"+{days}\n{kept}", by, now, more=facts.extension_facts(asked))
    telling.request("extension", row, telling.leads(), stamp="1", days=days, text=kept[:300])
    return row


@transaction.atomic
def decide_extension(
    *, request: ServiceRequest, granted: bool, text: str, by: User
) -> ServiceRequest:
    """The lead grants or refuses; never who asked. Granted, the clock gets the days on top."""
    rules.require_lead(by, _("Only the secretaries' lead grants more time."))
    row, now, _serves = lock_request(request)
    require_status(row, RequestStatus.OPEN)
    asked = Extension.objects.select_for_update().filter(request=row, granted__isnull=True).first()
    if asked is None:
        raise WrongState(_("Nobody waits for a decision on more time."))
    if asked.asked_by_id == by.pk:
        raise NotPermitted(_("You asked for it yourself; another lead must decide."))
    kept = checked_text(text, "text")
    asked.granted, asked.decision, asked.decided_by, asked.decided_at = granted, kept, by, now
    asked.save(update_fields=["granted", "decision", "decided_by", "decided_at"])
    if granted:
        finish = row.finish
        finish.days += asked.days
        finish.extended += asked.days
        clock_rows.measure(finish, finish.pauses.all(), working_days(), numbers())
        finish.save(update_fields=["days", "extended", *clock_rows.MEASURED])
    more = facts.extension_facts(asked)
    act(row, "grant" if granted else "refuse", kept, by, now, more=more)
    told = [*telling.secretary_of(row.application), *telling.firm_of(row.application)]
    kind = "extended" if granted else "not_extended"
    telling.request(kind, row, told, stamp="1", days=asked.days, text=kept[:300])
    return row
