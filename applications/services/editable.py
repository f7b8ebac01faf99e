"""Whether a dossier can be filled in now, by this person."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import rules
from applications.models import Application
from applications.selectors.corrections import open_correction
from applications.workflow import Status
from audit import clock
from audit.refusals import NotPermitted, TooLate, WrongState


def require_editable(row: Application, by: User) -> datetime:
    """Refuse who may not fill in this dossier, or a dossier that cannot be filled in now; returns
    the instant.
    """
    if not rules.holds(by, rules.EDIT, row):
        rules.require_sight(by, row)
        raise NotPermitted(_("Your part in the firm lets you read the dossier, not fill it in."))
    status = Status(row.status)
    if status is Status.DRAFT:
        now = clock.now()
        if not row.call.is_open(now):
            raise TooLate(
                _("The call has closed; the draft can no longer be changed or submitted.")
            )
        return now
    if status is not Status.RETURNED:
        raise WrongState(
            _("A submitted dossier is frozen. A correction is made when it is returned.")
        )
    request = open_correction(row)
    if request is None or request.is_over(request.now):  # type: ignore[attr-defined]  # annotated
        raise TooLate(_("The time for the correction has passed."))
    return request.now  # type: ignore[attr-defined,no-any-return]
