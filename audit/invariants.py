"""Invariants: what must hold of the rows at any moment, each asked by one statement.

An app registers its rules in its `AppConfig.ready()`; `manage.py check_invariants` runs them all.
Unlike a witness, a rule asks the rows alone and never the log: it also finds what the services
themselves did wrongly.
"""

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import hashes
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

ROWS_AT_ONCE = 2000
BYTES_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Breach:
    """One row that does not hold: its table, its key there, and what is wrong with it in words."""

    table: str
    row: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.wrong}"


Check = Callable[[], Iterable[Breach]]
_checks: dict[str, Check] = {}


@dataclass(frozen=True)
class Rule:
    """A check by one statement, which yields the rows that break it, in order of their keys.

    Its first column is the row's key; `wrong` has a placeholder for any other column, by name.
    """

    table: str
    wrong: str | Promise
    sql: str
    values: tuple[Any, ...] = ()

    def __call__(self) -> Iterator[Breach]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            names = [column.name for column in cursor.description]
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                for row in rows:
                    wrong = _filled(self.wrong, dict(zip(names, row, strict=True)))
                    yield Breach(self.table, str(row[0]), wrong)


def _filled(wrong: str | Promise, values: Mapping[str, Any]) -> str:
    """With its values; a text that counts chooses its form by them, so it is not asked before."""
    return str(operator.mod(wrong, values))


def register(name: str, check: Check) -> None:
    """Run `check` with the others; ValueError where another has the name."""
    if _checks.get(name, check) != check:
        raise ValueError(f"two invariants are called {name!r}")
    _checks[name] = check


def register_all(rules: Mapping[str, Check]) -> None:
    """Register many, by their names."""
    for name, check in rules.items():
        register(name, check)


def registered() -> tuple[str, ...]:
    """The names of all checks, in order."""
    return tuple(sorted(_checks))


def breaches(names: Collection[str] = ()) -> Iterator[Breach]:
    """What breaks these checks, or any. Writes nothing. LookupError for an unknown name."""
    for name in sorted(names or _checks):
        yield from _asked(name, _checks[name])


def _asked(name: str, check: Check) -> Iterator[Breach]:
    """What one check finds; one that breaks down says at least that."""
    try:
        with transaction.atomic():
            yield from list(check())
    except (DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        yield Breach(name, "—", f"{type(error).__name__}: {error}")


def stored_files(model: type[Model], file: str = "file", digest: str = "digest") -> Check:
    """A check that the files of these rows are in the store with the SM3 digest the row has.

    Streams rows and bytes; a file that several rows name is read once.
    """

    def check() -> Iterator[Breach]:
        table = model._meta.db_table
        rows: QuerySet[Any] = QuerySet(model).exclude(**{file: ""}).order_by(file, "pk")
        fields = rows.only("pk", file, digest).iterator(chunk_size=ROWS_AT_ONCE)
        for _name, alike in groupby(fields, key=lambda row: getattr(row, file).name):
            found: str | None = None
            for number, row in enumerate(alike):
                if number == 0:
                    found = _digest(getattr(row, file))
                if found != getattr(row, digest):
                    yield Breach(table, str(row.pk), _file_words(getattr(row, file).name, found))

    return check


def _file_words(name: str, found: str | None) -> str:
    if found is None:
        return _("the file %(name)s is not in the store") % {"name": name}
    return _("the file %(name)s in the store is not the one the digest was taken of") % {
        "name": name
    }


def _digest(field: Any) -> str | None:
    """The SM3 digest of a stored file; None when it cannot be read."""
    try:
        with field.storage.open(field.name) as stored:
            return _sm3_of(stored)
    except OSError:
        return None


def _sm3_of(stored: BinaryIO) -> str:
    digest = hashes.Hash(hashes.SM3())
    while block := stored.read(BYTES_AT_ONCE):
        digest.update(block)
    return digest.finalize().hex()
