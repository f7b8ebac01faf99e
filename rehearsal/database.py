"""Which database a rehearsal may use and how it is emptied: never one with a history of its own."""

from django.core.management import call_command
from django.db import connection

from audit import clock


class Occupied(RuntimeError):
    """The database has a history and is not marked as a rehearsal's."""


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def _has_people() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM accounts_user) OR EXISTS (SELECT 1 FROM audit_event)"
        )
        return bool(cursor.fetchone()[0])


def make_ready(*, keep: bool) -> bool:
    """Migrate an empty database or empty a rehearsal's; True when an earlier rehearsal is kept.

    Raises Occupied for any other database; nothing was touched then.
    """
    if "audit_installation" in _tables() and "accounts_user" in _tables():
        if clock.is_rehearsal():
            if keep and _has_people():
                call_command("migrate", verbosity=0)
                return True
            _empty()
        elif _has_people():
            raise Occupied
    elif _tables():
        raise Occupied
    call_command("migrate", verbosity=0)
    clock.mark_as_rehearsal()
    return False


def _empty() -> None:
    """Drop and rebuild the schema: append-only tables refuse anything less."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
