"""Neither a rehearsal nor a house in full swing breaks an invariant; each, broken by SQL past all
triggers, is told line by line."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils.translation import override

from accounts.models import RoleGrant
from audit import clock, invariants
from notifications.models import Delivery, Job, Message
from portal.services import invariants as nightly
from tests import rehearsed
from tests.matrix.breaches import BROKEN, TWICE
from tests.matrix.twins import triggers_off
from tests.racing import race

pytestmark = pytest.mark.slow
# The tests make some rows without the services, of which no event tells.
ROWS = [name for name in invariants.registered() if name != "portal.log"]


@pytest.fixture
def house(house_in_full_swing, django_db_blocker):
    """Every row as it was once the test is over; what no worker carried was leased just now."""
    with django_db_blocker.unblock(), override("en"), transaction.atomic():
        for model in (Delivery, Job):
            model.objects.filter(state="pending").update(due_at=clock.now())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def rehearsed_house(rehearsal, django_db_blocker, settings):
    """A copy of what a rehearsal left, with its anchors."""
    settings.AUDIT_ANCHOR_FILE = settings.DATA_DIR / "rehearsal-anchors"
    name = f"{rehearsed.MOULD}_{rehearsed.process()}_invariants"
    with (
        django_db_blocker.unblock(),
        override("en"),
        rehearsed.copy_of(rehearsed.MOULD, name),
    ):
        yield


def sql(statements):
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        for statement in statements.split(";"):
            cursor.execute(statement)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
        return found


def lines(*names):
    return [str(breach) for breach in invariants.breaches(names)]


def command(*arguments):
    out = io.StringIO()
    try:
        call_command("check_invariants", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_a_rehearsal_breaks_nothing_until_somebody_alters_its_log(rehearsed_house):
    assert command() == (0, "")
    assert command("--json") == (0, "[]\n")
    assert sorted(race([nightly.check_tonight] * 2), key=str) == [0, None]
    assert nightly.check_tonight() is None
    with transaction.atomic():
        ((event, what),) = sql(
            """UPDATE audit_event SET reason = 'other' WHERE id = (SELECT MIN(id) FROM audit_event)
               RETURNING id, concat_ws(' ', object_type, object_id, object_label)"""
        )
    assert lines("portal.log") == [
        f"log (altered) event {event}: event {event} (account.bootstrap, {what}): altered: reason"
    ]


def test_a_house_in_full_swing_breaks_nothing(house):
    assert lines(*ROWS) == []


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_what_is_broken_is_told_line_by_line(house, what):
    name, statement, words = BROKEN[what]
    told = dict.fromkeys(words.format(*row) for row in sql(statement))
    assert told
    assert lines(name) == "\n".join(told).split("\n")


@pytest.mark.parametrize("table", sorted(TWICE))
def test_a_key_that_is_there_twice_is_one_line(house, table):
    name, statement = TWICE[table]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'",
            [table],
        )
        for (constraint,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        cursor.execute(f"SELECT MIN(id) FROM {table}")
        (first,) = cursor.fetchone()
    sql(statement)
    assert lines(name) == [f"{table} {first}: 2 rows have its key"]


def test_every_check_is_broken_here():
    tried = {name for name, *_ in (*BROKEN.values(), *TWICE.values())}
    assert tried == set(ROWS)


def test_the_command_tells_rows_as_lines_and_as_json_and_refuses_other_names(house):
    ((row,),) = sql(
        "UPDATE notifications_job SET state = 'done', done_at = NULL"
        " WHERE id = (SELECT MIN(id) FROM notifications_job) RETURNING id"
    )
    wrong = "it is “done”, but says otherwise when that came about"
    name = "notifications.jobs.settled"
    assert command(name) == (1, f"notifications_job {row}: {wrong}\n")
    code, told = command("--json", name)
    assert (code, json.loads(told)) == (
        1,
        [{"table": "notifications_job", "row": str(row), "wrong": wrong}],
    )
    with pytest.raises(CommandError, match=r"^nothing: choose from applications"):
        command("nothing")


def test_a_check_that_breaks_down_says_so(house):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_mark RENAME COLUMN assignment_id TO other")
    (line,) = lines("reviews.marks")
    assert line.startswith("reviews.marks —: ProgrammingError: ")


def test_the_checks_ask_as_little_of_a_full_house_as_of_an_empty_one(
    house, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3 * len(ROWS)):  # each between a savepoint and its release
        assert lines(*ROWS) == []


def test_administrators_hear_of_a_breach_once_and_again_when_it_comes_back(house, monkeypatch):
    nights = iter(range(1, 9))
    real = nightly.clock.now

    def tonight():
        start = real() + timedelta(days=next(nights))
        monkeypatch.setattr(nightly.clock, "now", lambda: start)
        told = Message.objects.filter(kind="invariants.broken").count()
        done = nightly.check_tonight()
        return done, Message.objects.filter(kind="invariants.broken").count() - told

    monkeypatch.setattr(
        nightly.invariants, "breaches", lambda: [invariants.Breach("a_table", "7", "wrong")]
    )
    people = set(
        RoleGrant.objects.live()
        .filter(role__in=nightly.TOLD, user__is_active=True)
        .values_list("user", flat=True)
    )
    assert tonight() == (1, len(people))
    assert tonight() == (1, 0)
    monkeypatch.setattr(nightly.invariants, "breaches", list)
    assert tonight() == (0, 0)
    monkeypatch.setattr(
        nightly.invariants, "breaches", lambda: [invariants.Breach("a_table", "7", "wrong")]
    )
    assert tonight() == (1, len(people))
