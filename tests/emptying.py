"""How tests with real transactions clean up: every table back to what the migrations put there.

Django would truncate everything, the seeded rows included, and the triggers of append-only tables
would refuse. Here the seeded rows are kept aside in a schema of their own, and the tables are
emptied with triggers off. The test database itself must be there first, so that is one fixture.
"""

import pytest
from django.db import connection
from django.test.testcases import TransactionTestCase

ASIDE = "seeds"
LEFT_ALONE = ("django_migrations", "django_content_type", "auth_permission", "cache_entries")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Keeps the seeded rows aside as soon as the test database is made."""
    with django_db_blocker.unblock():
        keep_seeds()


@pytest.fixture(scope="session", autouse=True)
def emptying():
    """Replaces Django's way of cleaning up after a test with real transactions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore_seeds())
        yield


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


def restore_seeds() -> None:
    """Empty every table that a test wrote to, and put the seeded rows back."""
    if connection.needs_rollback:
        connection.set_rollback(False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [ASIDE]
        )
        seeded = [name for (name,) in cursor.fetchall()]
        names = ", ".join(f'public."{t}"' for t in tables())
        # One statement text, one transaction. Replica: neither triggers nor foreign keys act.
        cursor.execute(
            "BEGIN; SET LOCAL lock_timeout = '20s'; SET LOCAL session_replication_role = replica;"
            f"TRUNCATE {names} CASCADE;"
            + "".join(
                f'INSERT INTO public."{t}" ({columns(t)}) OVERRIDING SYSTEM VALUE'
                f' SELECT {columns(t)} FROM {ASIDE}."{t}";'
                for t in seeded
            )
            + "COMMIT"
        )
