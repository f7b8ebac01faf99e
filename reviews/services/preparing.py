"""What must hold before the input of a draw is frozen: whole panels, a value that nobody knows yet,
a second person behind a redraw.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application, Call
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews.models import Draw

SHORTEST_REASON = 10


def require_whole_panels(call: Call) -> datetime:
    """Refused while an eligible dossier stands on no panel; the instant. One query."""
    eligible = Application.objects.filter(
        call=OuterRef("pk"), status=Status.ELIGIBLE, place__isnull=True
    )
    now: datetime
    row = Call.objects.filter(pk=call.pk).values_list(Exists(eligible), clock.NOW)
    is_left_out, now = row.get()
    if is_left_out:
        raise WrongState(_("Some eligible dossiers stand on no panel. Form the panels again."))
    return now


def require_unknown(source: str, known_from: datetime | None, now: datetime) -> None:
    """A public value comes with the instant from which it can be known, and that lies ahead."""
    if bool(source) != (known_from is not None):
        raise Invalid(
            _("Name the public value and the instant from which it can be known, or neither."),
            field="public_entropy_source" if known_from else "public_entropy_from",
        )
    if known_from is not None and known_from <= now:
        raise Invalid(
            _("Nobody may know the public value yet: the instant must lie in the future."),
            field="public_entropy_from",
        )


def second_person(earlier: Sequence[Draw], reason: str, by: User) -> User | None:
    """Who voided the draw before, if there was one: a redraw is never one person's doing."""
    if not earlier:
        return None
    if any(d.status != "void" for d in earlier):
        raise WrongState(_("A draw of this call is already under way."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("A redraw needs a reason of at least ten characters."), field="reason")
    voided_by = earlier[-1].voided_by
    if voided_by is not None and voided_by.pk == by.pk:
        raise NotPermitted(
            _(
                "You voided the draw before. A redraw needs a second person: "
                "let a colleague prepare it."
            )
        )
    return voided_by
