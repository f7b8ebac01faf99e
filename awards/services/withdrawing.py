"""What one person asked for and a second one must confirm, taken back by who asked."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import clock
from audit.refusals import NotPermitted, WrongState
from awards.models import Deviation, Repayment, Settlement


def withdraw(row: Deviation | Settlement | Repayment, by: User) -> None:
    """Take one's own held proposal back in its row, while nobody has decided on it.

    It stays as refused by who asked for it, so that another can be made. The caller records it.
    """
    asked_by = row.entered_by_id if isinstance(row, Repayment) else row.proposed_by_id
    if row.confirmed_at or row.refused_at:
        raise WrongState(_("A colleague has decided on this already. Open the page again."))
    if asked_by != by.pk:
        raise NotPermitted(
            _("Only whoever asked for it takes it back. You may confirm or refuse it.")
        )
    row.refused_by, row.refused_at = by, clock.now()
    row.save()
