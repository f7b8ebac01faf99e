"""Sign-ins: counted before the password is looked at, and told to the trail.

A try is entered first and taken back when it succeeds. Counting failures afterwards would let
a burst of parallel tries pass the limit, because each of them looks before any has failed.
The counter is one row per key, moved by one statement: it holds across threads, processes and
machines, and a wiped cache or broker does not open it.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts import facts
from accounts.models import SignInCounter, User
from audit.origin import current as origin
from audit.refusals import TooLate
from audit.services import record

PER_ACCOUNT = 5
# A whole office may sit behind one address.
PER_ADDRESS = 50
PAUSE = timedelta(minutes=15)

LOCKED = _(
    "Too many failed tries. For your safety, sign-in pauses for 15 minutes. If you have "
    "forgotten the password, reset it by e-mail."
)

# A counted try moves `since`; one beyond the limit does not, so the pause ends by itself.
_COUNT = """
    INSERT INTO accounts_signincounter AS counter (key, tries, since)
    VALUES (%(key)s, 1, steelyard_now())
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN counter.since + %(pause)s <= steelyard_now() THEN 1
                     ELSE counter.tries + 1 END,
        since = CASE WHEN counter.tries >= %(limit)s
                      AND counter.since + %(pause)s > steelyard_now() THEN counter.since
                     ELSE steelyard_now() END
    RETURNING tries
"""


class Paused(TooLate):
    """Too many failed tries; the password was not looked at."""

    default_message = LOCKED


def enter_try(*, login: str) -> list[str]:
    """Count one try against the account (or the unknown name) and the caller's address.

    Returns the keys to take back when the try succeeds; raises `Paused` beyond a limit. An
    unknown name is counted like a known one, so that the answers do not tell them apart.
    """
    account, known = _account_key(login)
    keys = [(account, PER_ACCOUNT)]
    if address := origin():
        keys.append((f"address:{address}", PER_ADDRESS))
    over = None
    with transaction.atomic():
        # Always in one order (account, then address), so that two tries never lock each other.
        for key, limit in keys:
            tries = _count(key, limit)
            if tries > limit and over is None:
                over = (key, tries == limit + 1)
        if over is not None and over[1]:
            record(
                action="account.pause",
                obj=known,
                by=None,
                target="paused",
                after={"key": over[0].partition(":")[0]},
            )
    if over is not None:
        raise Paused
    return [key for key, _limit in keys]


def _account_key(login: str) -> tuple[str, User | None]:
    """One key for a person however addressed; a digest for a name nobody has."""
    name = login.strip()
    field = "email__iexact" if "@" in name else "username__iexact"
    user = User.objects.filter(**{field: name}).first() if name else None
    if user is not None:
        return f"account:{user.pk}", user
    return f"name:{hashlib.sha256(name.casefold().encode()).hexdigest()[:40]}", None


def _count(key: str, limit: int) -> int:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"key": key, "limit": limit, "pause": PAUSE}
        cursor.execute(_COUNT, values)
        tries: int = cursor.fetchone()[0]
    return tries


def take_back(*, keys: list[str]) -> None:
    """The try succeeded: forget the account's failures, and this one try of the address."""
    with transaction.atomic():
        for key in keys:
            row = SignInCounter.objects.filter(key=key)
            if key.startswith("address:"):
                row.update(tries=Greatest(F("tries") - 1, 0))
            else:
                row.delete()


def record_failure(*, login: str) -> None:
    """A wrong name or password. What was typed as a name is not kept: it may be a password."""
    with transaction.atomic():
        known = _account_key(login)[1]
        record(action="account.sign_in_failed", obj=known, by=None, target="refused")


def record_sign_in(*, user: User) -> None:
    with transaction.atomic():
        event = record(action="account.sign_in", obj=user, by=user)
        User.objects.filter(pk=user.pk).update(last_login=event.at)
        user.last_login = event.at


def record_sign_out(*, user: User) -> None:
    with transaction.atomic():
        record(action="account.sign_out", obj=user, by=user)


def record_password(*, user: User, how: str) -> None:
    """The person set the password: `change`, `set` (first time) or `reset` (by e-mail)."""
    with transaction.atomic():
        SignInCounter.objects.filter(key=f"account:{user.pk}").delete()
        record(action=f"account.password_{how}", obj=user, by=user, after=facts.of_user(user))
