"""The portal's own kinds of message."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def register_all() -> None:
    kinds.register(
        "reminder.due",
        title=_("Due %(due)s: %(title)s"),
        body=_("%(left)s %(why)s"),
        act=True,
        secret=True,
        recalls=True,
    )
    kinds.register(
        "invariants.broken",
        title=ngettext_lazy(
            "What must always hold does not: %(count)s row",
            "What must always hold does not: %(count)s rows",
            "count",
        ),
        body=ngettext_lazy(
            "The nightly check found %(count)s row that breaks a rule and did not the night "
            "before. Run “manage.py check_invariants” on the server: it names the row and what "
            "is wrong.",
            "The nightly check found %(count)s rows that break a rule and did not the night "
            "before. Run “manage.py check_invariants” on the server: it names each row and what "
            "is wrong.",
            "count",
        ),
        act=True,
    )
