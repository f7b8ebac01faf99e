"""How often one may ask for what costs work or sends a letter: counted before anything is done.

Like the tries to sign in, one row a key, moved by one statement: it holds across threads, processes
and machines, and whether Redis lives or not.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

# The first to ask after the window has passed opens the next one.
_COUNT = """
    INSERT INTO accounts_signincounter AS counter (key, tries, since)
    VALUES (%(key)s, 1, steelyard_now())
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN counter.since + %(within)s <= EXCLUDED.since THEN 1
                     ELSE counter.tries + 1 END,
        since = CASE WHEN counter.since + %(within)s <= EXCLUDED.since THEN EXCLUDED.since
                     ELSE counter.since END
    RETURNING tries
"""


@dataclass(frozen=True)
class Limit:
    """So many times within a window, for each of whom or what is counted."""

    name: str
    times: int
    within: timedelta = timedelta(minutes=1)


SIGN_UP = Limit("signup", 20)
RESET = Limit("reset", 20)
RESET_OF_ONE = Limit("reset-one", 5)
NEW_PASSWORD = Limit("new-password", 20)
CHANGED_PASSWORD = Limit("changed-password", 5)


def within(limit: Limit, *, of: str) -> bool:
    """Count one more time for `of` (an address, a person, what was typed), and say whether the
    limit still allows it. What is counted is kept as a digest: it may be somebody's mail."""
    key = f"{limit.name}:{hashlib.sha256(of.encode()).hexdigest()[:40]}"
    values: dict[str, Any] = {"key": key, "within": limit.within}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        tries: int = cursor.fetchone()[0]
    return tries <= limit.times
