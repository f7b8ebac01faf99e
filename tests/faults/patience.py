"""How one process lives through a database that goes away under it.

Reads outside a transaction are asked again. An act, the outermost call of a service, that nobody
answered for is looked for: a receipt of the test's own is written in the act's transaction just
before its commit, and the events that it records are noted there, by number and MAC. Receipt and
events are all there, or none is; then the act is whole, or is done again.

Now and then the answer to a commit is lost on purpose: a kill seldom comes between the two.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from django.db import Error, InterfaceError, OperationalError, connection
from psycopg.errors import DeadlockDetected

from audit.models import Event
from config.outage import is_outage
from tests.faults.journal import ABSENT, ACKNOWLEDGED, WHOLE, Journal

SECONDS = 90  # that a database may be away
ORIGIN = "rehearsal"
LOST = 0.01  # of all answers to a commit
RECEIPTS = "CREATE SCHEMA faults; CREATE TABLE faults.receipt (token bigint PRIMARY KEY)"


class Torn(AssertionError):
    """An act of which one part is there and another is not."""


@dataclass
class Trial:
    """One try at an act: what its commits were about to make durable."""

    token: int
    commits: int = 0
    events: list[tuple[int, str]] = field(default_factory=list)


class Patience:
    """Wraps this process's connection; `act` does one act until it is answered or found."""

    def __init__(self, journal: Journal, rng: Random) -> None:
        self.journal, self.rng = journal, rng
        self.tokens = itertools.count(1)
        self.trial: Trial | None = None
        self.last_event = 0
        self._connect, self._commit = connection.connect, connection.commit
        connection.connect, connection.commit = self.connect, self.commit
        connection.execute_wrappers.append(self.ask_again)

    def connect(self) -> None:
        """Again and again, until the database takes connections."""
        until = time.monotonic() + SECONDS
        while True:
            try:
                return self._connect()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def ask_again(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        """A read outside a transaction, asked again of the next connection."""
        while True:
            try:
                return execute(sql, params, many, context)
            except Error as error:
                is_read = str(sql).lstrip().upper().startswith("SELECT")
                if not is_lost(error) or self.is_inside() or not is_read:
                    raise
            connection.close()
            context["cursor"].cursor = connection.cursor().cursor

    def is_inside(self) -> bool:
        """Whether a transaction is open: Django says so in its own words until the commit ends."""
        return not connection.autocommit

    def commit(self) -> None:
        if self.trial is not None:
            self.write_receipt(self.trial)
        self._commit()
        if self.trial is not None and self.rng.random() < LOST:
            raise OperationalError("the answer was lost")

    def write_receipt(self, trial: Trial) -> None:
        trial.commits += 1
        with connection.cursor() as cursor:
            if trial.commits == 1:
                cursor.execute("INSERT INTO faults.receipt VALUES (%s)", [trial.token])
            cursor.execute(
                "SELECT id, mac FROM audit_event WHERE id > %s AND origin = %s ORDER BY id",
                [self.last_event, ORIGIN],
            )
            trial.events = [(number, mac) for number, mac in cursor.fetchall()]

    def act(
        self,
        name: str,
        by: int | None,
        call: Callable[[], Any],
        found: Callable[[Trial], Any],
        *,
        repeatable: bool = False,
    ) -> Any:
        """Do it until it is answered. `found` gives what it would have returned, once it is found
        whole; `repeatable`: made of many transactions, and a second time does no harm.
        """
        if self.is_inside():
            return call()
        while True:
            self.trial = trial = Trial(next(self.tokens))
            try:
                value = call()
            except Error as error:
                self.trial = None
                if not is_lost(error):
                    raise
                connection.close()
                if not self.settle(name, by, trial, error) or repeatable:
                    continue
                return found(trial)
            finally:
                self.trial = None
            if trial.commits > 1 and not repeatable:
                raise Torn(f"{name} is made of {trial.commits} transactions")
            self.note(ACKNOWLEDGED, name, by, trial)
            return value

    def settle(self, name: str, by: int | None, trial: Trial, error: Error) -> bool:
        """Whether the act that nobody answered for is there, with all that it records."""
        receipt = bool(trial.commits) and has_receipt(trial.token)
        there = [found(number, mac) for number, mac in trial.events]
        if set(there) - {receipt} and trial.commits == 1:
            raise Torn(f"{name}: receipt {receipt}, events {trial.events} {there}")
        self.note(
            WHOLE if receipt else ABSENT, name, by, trial, error=repr(error.__cause__ or error)
        )
        return receipt

    def note(self, fate: str, name: str, by: int | None, trial: Trial, **more: str) -> None:
        if fate != ABSENT and trial.events:
            self.last_event = trial.events[-1][0]
        self.journal.write(
            fate=fate,
            act=name,
            by=by,
            token=trial.token if trial.commits else 0,
            events=trial.events,
            **more,
        )


def is_lost(error: Error) -> bool:
    """The connection went away, or another act stood before this one's rows and it was undone."""
    return (
        isinstance(error, InterfaceError)
        or is_outage(error)
        or isinstance(error.__cause__, DeadlockDetected)
    )


def has_receipt(token: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM faults.receipt WHERE token = %s", [token])
        return cursor.fetchone() is not None


def found(number: int, mac: str) -> bool:
    return Event.objects.filter(pk=number, mac=mac).exists()
