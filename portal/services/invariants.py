"""The nightly check of what must hold, and telling the administrators of a breach once."""

from collections import Counter
from datetime import datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import RoleGrant, User
from accounts.roles import Role
from audit import clock, invariants
from audit.invariants import Breach
from audit.models import Event
from audit.services import record
from audit.turns import alone
from notifications.services import notify

ACTION = "invariants.check"
NIGHT = time(2, 0)  # of Shanghai: nobody works then
TOLD = (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)
KEPT = 2000  # digests of breaches in one event


def check_tonight() -> int | None:
    """Check everything, once from two o'clock on; None when it was done or another is at it.

    A breach that stands is told once; come back, once more.
    """
    with alone(ACTION) as is_alone:
        if not is_alone:
            return None
        last = Event.objects.filter(action=ACTION).order_by("-id").first()
        if last is not None and last.at >= _last_night():
            return None
        found = list(invariants.breaches())
        _keep(found, last)
        return len(found)


@transaction.atomic
def _keep(found: list[Breach], last: Event | None) -> None:
    """The outcome as an event that counts by table and keeps a keyed digest of each row: a row
    alone may tell which expert reads what."""
    digests = {salted_hmac(ACTION, f"{b.table} {b.row}").hexdigest()[:16] for b in found}
    rows = sorted(digests)[:KEPT]
    known = set((last.after or {}).get("rows", ())) if last is not None else set()
    event = record(
        action=ACTION,
        obj=None,
        by=None,
        target="broken" if found else "holds",
        after={
            "breaches": len(found),
            "tables": dict(sorted(Counter(breach.table for breach in found).items())),
            "rows": rows,
        },
    )
    if new := set(rows) - known:
        _tell(event, len(new))


def _last_night() -> datetime:
    """The last two o'clock."""
    now = clock.now().astimezone(clock.SHANGHAI)
    today = datetime.combine(now.date(), NIGHT, clock.SHANGHAI)
    return today if now >= today else today - timedelta(days=1)


def _tell(event: Event, count: int) -> None:
    live = RoleGrant.objects.live().filter(role__in=TOLD)
    notify(
        kind="invariants.broken",
        recipients=User.objects.filter(pk__in=live.values("user"), is_active=True).order_by("pk"),
        key=f"invariants.broken:{event.pk}",
        context={"count": count},
        url=reverse("portal:workbench"),
    )
