"""A further version of the numbers of service."""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import clock
from audit.refusals import Conflict, Invalid, Message
from audit.services import record
from secretaries import facts, rules
from secretaries.models import ServiceSettings
from secretaries.selectors.settings import in_force
from secretaries.service_rules import ServiceRules, ServiceRulesError

VERSIONS_LOCK = 0x5E1201
PROBLEMS: dict[str, Message] = {
    "range": _("Out of range: from 1 to 250 days, from 0 to 100 points."),
    "order": _("Each step must lie beyond the one before."),
    "total": _("The weights must total 100."),
    "whole": _("Whole numbers only."),
    "unknown": _("There is no such setting."),
}


@transaction.atomic
def set_numbers(
    *, values: dict[str, int], document_no: str, reason: str, seen: int, by: User
) -> ServiceSettings:
    """Put a further version in force. By the lead; clocks that run keep their days.

    `seen` is the version the person changed: Conflict when another came first.
    """
    rules.require_lead(by, _("Only the secretaries' lead sets the numbers of service."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSIONS_LOCK])
    version, before = in_force()
    if version != seen:
        raise Conflict
    try:
        wanted = ServiceRules.from_data({**before.to_data(), **values})
    except ServiceRulesError as error:
        raise Invalid(PROBLEMS[error.problem], error.field) from error
    if wanted == before:
        raise Invalid(_("Nothing was changed."))
    if not document_no.strip():
        raise Invalid(_("Name the document the change rests on."), "document_no")
    if not reason.strip():
        raise Invalid(_("Say why the numbers change."), "reason")
    row = ServiceSettings.objects.create(
        version=version + 1,
        values=wanted.to_data(),
        document_no=document_no.strip()[:80],
        reason=reason.strip()[:400],
        set_by=by,
        set_at=clock.now(),
    )
    record(
        action="service.settings",
        obj=row,
        by=by,
        reason=row.reason,
        before=_changed(before, wanted),
        after={**facts.settings_facts(row), **_changed(wanted, before)},
    )
    return row


def _changed(these: ServiceRules, others: ServiceRules) -> dict[str, int]:
    other = others.to_data()
    return {name: value for name, value in these.to_data().items() if other[name] != value}
