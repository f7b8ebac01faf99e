"""The portal's own kinds of message."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register_all() -> None:
    kinds.register(
        "reminder.due",
        title=_("Due %(due)s: %(title)s"),
        body=_("%(why)s"),
        act=True,
        secret=True,
    )
