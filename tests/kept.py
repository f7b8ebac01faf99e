"""What fixtures made through the services, kept as rows and put back for the tests after.

Making a person takes some forty statements, putting the rows back one. What is kept holds for one
process, one database and, in a rehearsal, one hour of its clock.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Model
from django.utils import translation
from psycopg import sql

from audit import clock
from audit.refusals import Invalid
from tests import emptying

Rows = dict[str, dict[str, dict[str, Any]]]  # by table, by text
Key = tuple[Any, ...]
Make = Callable[[], Any]
KEPT: dict[Key, "Kept"] = {}


@dataclass(frozen=True)
class Kept:
    """The statement that brings the rows back, the objects they are, the instant after."""

    statement: str
    made: Any
    until: datetime


@dataclass
class Keeper:
    """One test's: under which keys it has what is kept."""

    has: dict[str, Key] = field(default_factory=dict)

    def rehearse(self, everyone: Callable[[Callable[[str, Make], Any]], None]) -> None:
        """Let `everyone` make all, each by name, in a transaction that is undone; keep the rows.

        So all tests see one order of ids, whichever comes first. Not where people are already.
        """
        at = where()
        if (at.database, at.hour) in KEPT or at.people:
            return
        with transaction.atomic():
            everyone(lambda name, make: keep((at.database, at.hour, name), make))
            KEPT[at.database, at.hour] = KEPT[at.database, at.hour, "house"]
            transaction.set_rollback(True)

    def give(self, name: str, make: Make) -> Any:
        """One of those, put back; made where they were not rehearsed."""
        at = where()
        key = (at.database, at.hour, name)
        if key not in KEPT:
            return make()
        self.has[name] = key
        return put_back(KEPT[key], at)

    def build(self, name: str, make: Make, *, on: tuple[str, ...]) -> Any:
        """What `make` returns (a row, a list of rows), its rows put back if they are kept.

        They are kept for tests that have the same rows of `on`, in which as much has happened:
        any act in between would leave an event. Where one of `on` is not kept, nor is this.
        """
        if any(below not in self.has for below in on):
            return make()
        at = where()
        key = (name, tuple(self.has[below] for below in on), *at)[:-1]
        self.has[name] = key
        return put_back(KEPT[key], at) if key in KEPT else keep(key, make)


class Where(NamedTuple):
    """Database; the hour nearest to now in a rehearsal, else None; how much stands; now."""

    database: str
    hour: datetime | None
    events: int
    people: int
    dossiers: int
    now: datetime


def where() -> Where:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM audit_installation WHERE is_rehearsal), steelyard_now(),"
            " (SELECT count(*) FROM audit_event), (SELECT count(*) FROM accounts_user),"
            " (SELECT count(*) FROM applications_application)"
        )
        is_rehearsal, now, *stands = cursor.fetchone()
    hour = (now + timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    return Where(connection.settings_dict["NAME"], hour if is_rehearsal else None, *stands, now)


def keep(key: Key, make: Make) -> Any:
    before = rows()
    with translation.override("zh-hans"):
        made = make()
    connection.check_constraints()  # what is deferred is not waiting when the rows are put back
    KEPT[key] = Kept(difference(before, rows()), named(made), clock.now())
    return made


def put_back(kept: Kept, at: Where) -> Any:
    """The rows; and the clock of a rehearsal stands where it was after them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(kept.statement)
    if at.hour is not None and kept.until > at.now:
        with suppress(Invalid):  # it is later already
            clock.travel_to(kept.until)
    return found(kept.made)


def named(made: Any) -> Any:
    """Models and the values of their rows in place of the objects."""
    if isinstance(made, Model):
        row = type(made)._default_manager.get(pk=made.pk)
        return type(made), [getattr(row, field.attname) for field in made._meta.concrete_fields]
    return [named(one) for one in made]


def found(made: Any) -> Any:
    """The objects again, as from their rows, which are just put back as they were."""
    if isinstance(made, tuple):
        model, values = made
        names = [field.attname for field in model._meta.concrete_fields]
        return model.from_db(connection.alias, names, deepcopy(values))
    return [found(one) for one in made]


def rows() -> Rows:
    """Every row of every table that a test writes to."""
    tables = [t for t in emptying.tables() if t != "audit_installation"]  # time is not put back
    selects = [f"SELECT '{t}', to_json(r)::text FROM public.\"{t}\" r" for t in tables]
    known: Rows = {table: {} for table in tables}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects))
        for table, text in cursor.fetchall():
            known[table][text] = json.loads(text)
    return known


def difference(before: Rows, after: Rows) -> str:
    """One statement text that takes away the rows that went or changed, and brings those that came.

    Neither triggers nor foreign keys act: what triggers wrote is among the rows.
    """
    parts = ["SET LOCAL session_replication_role = replica"]
    for table, known in before.items():
        gone = [row["id"] for text, row in known.items() if text not in after[table]]
        if gone:
            parts.append(f'DELETE FROM public."{table}" WHERE id IN ({literals(gone)})')
    for table, known in after.items():
        came = [text for text in known if text not in before[table]]
        if came:
            names = emptying.columns(table)
            parts.append(
                f'INSERT INTO public."{table}" ({names}) OVERRIDING SYSTEM VALUE SELECT {names}'
                f' FROM json_populate_recordset(NULL::public."{table}",'
                f" {literals(['[' + ','.join(came) + ']'])})"
            )
            if ids := [one for text in came if isinstance(one := known[text].get("id"), int)]:
                parts.append(beyond(table, max(ids)))
    return "; ".join([*parts, "SET LOCAL session_replication_role = origin"])


def beyond(table: str, highest: int) -> str:
    """Numbers given from now on are higher: a test may have let the sequence begin again."""
    sequence = f"pg_get_serial_sequence('public.\"{table}\"', 'id')"
    return f"SELECT setval({sequence}, GREATEST(nextval({sequence}), {highest}))"


def literals(values: list[Any]) -> str:
    connection.ensure_connection()
    return ", ".join(sql.Literal(value).as_string(connection.connection) for value in values)
