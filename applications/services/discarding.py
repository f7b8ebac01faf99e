"""Taking away the draft of a call that came to nothing."""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Call, CallStatus
from applications.selectors.calls import may_be_discarded
from applications.services.call_rows import lock_call, note, require_officer
from audit.refusals import WrongState

NOT_DISCARDED = _("Only a draft that was never proposed can be discarded. Change it, or leave it.")


@transaction.atomic
def discard_call(*, call: Call, by: User) -> None:
    """Take away a draft that nobody was ever asked to publish; the log keeps that it was.

    Raises NotPermitted, WrongState.
    """
    require_officer(by)
    row = lock_call(call)
    if not may_be_discarded(row):
        raise WrongState(NOT_DISCARDED)
    note(row, "discard", by, CallStatus.DRAFT, "", name=row.name_zh, envelope=row.envelope)
    # Nothing hangs on such a draft, or the foreign keys refuse; Django would ask every table.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM applications_call WHERE id = %s", [row.pk])
