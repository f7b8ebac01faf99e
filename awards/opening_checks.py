"""What the money asks of a call before it may be published."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from awards.models import Envelope


def envelope_set(call: Call) -> Iterator[str | Promise]:
    """The year's ceiling is confirmed and has room for this call."""
    envelope = Envelope.objects.filter(scheme=call.scheme_id, year=call.year).first()
    if envelope is None or envelope.ceiling == 0:
        yield _(
            "The envelope of %(year)s is not set. The finance officers enter and confirm it first."
        ) % {"year": call.year}
    elif envelope.ceiling - envelope.committed < call.envelope:
        yield _("The envelope of %(year)s has less left than this call offers.") % {
            "year": call.year
        }
