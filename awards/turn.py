"""One transaction at a time at an envelope, in the order in which they came.

The row's own lock would do; but of thirty that wait for a row, each wakes at every change of it and
looks for its newest version, and with every one that waits a commitment takes longer. Here one
wakes. Whoever locks an envelope's row takes the turn before, so that nobody waits for both.
"""

from typing import Final

from django.db import connection

# `{}`: the envelope's id. Held until the transaction ends.
TURN: Final = "pg_advisory_xact_lock(hashtext('awards.envelope'), ({} & 2147483647)::integer)"


def take_turn(*envelopes: int) -> None:
    """Wait for these envelopes, by id, in the order of their ids."""
    with connection.cursor() as cursor:
        for envelope in sorted(envelopes):
            cursor.execute("SELECT " + TURN.format("%s::bigint"), [envelope])
