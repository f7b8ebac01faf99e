"""Rounds that are made once a day, by whichever worker comes first."""

from collections.abc import Callable
from datetime import time

from audit import clock
from audit.turns import alone
from notifications.models import Round


def once_a_day(name: str, since: time, work: Callable[[], int]) -> int | None:
    """Do this day's work from this hour of Shanghai on, alone. Returns what it returns; None: it is
    too early, the round was made, or another makes it. A round that breaks off is made again.
    """
    now = clock.now().astimezone(clock.SHANGHAI)
    if now.time() < since:
        return None
    with alone(f"round.{name}") as is_alone:
        if not is_alone or Round.objects.filter(name=name, day=now.date()).exists():
            return None
        done = work()
        Round.objects.create(name=name, day=now.date())
        return done
