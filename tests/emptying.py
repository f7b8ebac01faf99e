"""How tests with real transactions clean up: every table back to what the migrations put there.

Django would truncate everything, the seeded rows included, and the triggers of append-only tables
would refuse. Here the seeded rows are kept aside in a schema of their own, and the tables are
emptied with triggers off. The test database itself must be there first, so that is one fixture.

The first of several test processes migrates; the others copy its database as it is then.
"""

import fcntl
import os
from collections.abc import Iterator
from functools import cache
from typing import IO

import pytest
from django.conf import settings
from django.db import connection
from django.test.testcases import TransactionTestCase

ASIDE = "seeds"
MIGRATED = "migrated"
LEFT_ALONE = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The server goes with the session; a browser may hold a connection until then."""
    return True


@pytest.fixture(scope="session")
def migrating() -> Iterator[IO[str]]:
    """Held by the process that migrates, until others may copy."""
    with (settings.DATA_DIR / "migrated.lock").open("a+") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        gate.seek(0)
        if gate.read():
            connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield gate


@pytest.fixture(scope="session")
def django_db_setup(migrating, django_db_setup, django_db_blocker):
    """Keeps the seeded rows aside as soon as the test database is made."""
    if connection.settings_dict["TEST"].get("TEMPLATE"):
        return
    with django_db_blocker.unblock():
        keep_seeds()
        keep_database()
    migrating.write(MIGRATED)
    migrating.flush()
    fcntl.flock(migrating, fcntl.LOCK_UN)


def keep_database() -> None:
    """A copy of the test database for the other processes."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {MIGRATED} TEMPLATE {name} STRATEGY FILE_COPY")


@pytest.fixture(scope="session", autouse=True)
def emptying():
    """Replaces Django's way of cleaning up after a test with real transactions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore_seeds())
        yield


@pytest.fixture(autouse=True)
def own_anchors(settings) -> Iterator[None]:
    """What is anchored outside goes with the log that it speaks of, and is no other process's."""
    settings.AUDIT_ANCHOR_FILE = settings.DATA_DIR / f"audit-anchors-{os.getpid()}"
    yield
    settings.AUDIT_ANCHOR_FILE.unlink(missing_ok=True)


def tables() -> list[str]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return sorted(set(names) - set(LEFT_ALONE))


def columns(table: str) -> str:
    """The columns one may write, quoted and in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND is_generated = 'NEVER'",
            [table],
        )
        return cursor.fetchone()[0]


def keep_seeds() -> None:
    """Copy each table that has rows after migrating."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {ASIDE}")
        for table in tables():
            cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {ASIDE}."{table}" AS TABLE public."{table}"')


@cache
def seeded() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [ASIDE]
        )
        return tuple(name for (name,) in cursor.fetchall())


@cache
def written_to() -> str:
    """The statement that names the tables which are not as the migrations left them."""
    parts = []
    for table in tables():
        is_other = f'EXISTS (SELECT FROM public."{table}")'
        if table in seeded():
            now, then = (f'SELECT {columns(table)} FROM {s}."{table}"' for s in ("public", ASIDE))
            is_other = f"EXISTS ({now} EXCEPT ALL {then}) OR EXISTS ({then} EXCEPT ALL {now})"
        parts.append(f"SELECT '{table}' WHERE {is_other}")
    return " UNION ALL ".join(parts)


@cache
def restored(table: str) -> str:
    """What empties a table and puts its seeded rows back. Emptying all by TRUNCATE, which makes
    every file anew, takes twenty times as long."""
    parts = [f'DELETE FROM public."{table}"']
    if table in seeded():
        names = columns(table)
        parts.append(
            f'INSERT INTO public."{table}" ({names}) OVERRIDING SYSTEM VALUE'
            f' SELECT {names} FROM {ASIDE}."{table}"'
        )
    return "; ".join(parts)


def restore_seeds() -> None:
    """Empty every table that a test wrote to, and put the seeded rows back."""
    if connection.needs_rollback:
        connection.set_rollback(False)
    with connection.cursor() as cursor:
        cursor.execute(written_to())
        changed = [restored(table) for (table,) in cursor.fetchall()]
        # One statement text, one transaction. Replica: neither triggers nor foreign keys act.
        cursor.execute(
            "BEGIN; SET LOCAL lock_timeout = '20s'; SET LOCAL session_replication_role = replica; "
            + "".join(f"{one}; " for one in changed)
            + "COMMIT"
        )
