import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from audit import clock
from audit.models import Installation
from audit.refusals import Invalid, WrongState
from tests.audit.conftest import ordinary

pytestmark = pytest.mark.django_db
CLOSING = dt.datetime(2024, 6, 12, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
A_MOMENT = dt.timedelta(seconds=5)


def database_clock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_now_is_the_databases_clock():
    before, now, after = database_clock(), clock.now(), database_clock()
    assert before <= now <= after
    assert now.utcoffset() == dt.timedelta()


def test_now_moves_on_inside_a_transaction():
    assert clock.now() < clock.now()


def test_now_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        clock.now()


def test_today_is_the_day_in_shanghai():
    clock.mark_as_rehearsal()
    clock.travel_to(dt.datetime(2024, 5, 31, 15, 59, 50, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2024, 5, 31)
    clock.travel_to(dt.datetime(2024, 5, 31, 16, 0, tzinfo=dt.UTC))
    assert clock.today() == dt.date(2024, 6, 1)


def test_a_rehearsal_travels_to_an_instant():
    clock.mark_as_rehearsal()
    clock.travel_to(CLOSING)
    assert CLOSING <= clock.now() < CLOSING + A_MOMENT


def test_a_rehearsal_lets_time_pass():
    clock.mark_as_rehearsal()
    before = clock.now()
    clock.travel_by(dt.timedelta(days=150))
    assert before + dt.timedelta(days=150) <= clock.now()
    assert clock.now() < before + dt.timedelta(days=150) + A_MOMENT


def test_the_clock_moves_freely_only_while_nothing_is_recorded(note):
    clock.mark_as_rehearsal()
    clock.travel_to(CLOSING)
    clock.travel_to(CLOSING - dt.timedelta(days=30))
    note()
    with pytest.raises(Invalid):
        clock.travel_to(CLOSING - dt.timedelta(days=31))
    with pytest.raises(Invalid):
        clock.travel_by(dt.timedelta(seconds=-1))
    clock.travel_to(CLOSING)
    assert CLOSING <= clock.now() < CLOSING + A_MOMENT


def test_an_event_is_dated_by_the_rehearsals_clock(note):
    clock.mark_as_rehearsal()
    clock.travel_to(CLOSING)
    assert CLOSING <= note().at < CLOSING + A_MOMENT


def test_a_naive_instant_is_refused():
    clock.mark_as_rehearsal()
    with pytest.raises(ValueError, match="naive"):
        clock.travel_to(dt.datetime(2024, 6, 12))


def test_elsewhere_the_clock_cannot_be_moved():
    with pytest.raises(WrongState):
        clock.travel_to(CLOSING)
    with pytest.raises(WrongState):
        clock.travel_by(dt.timedelta(days=1))
    assert not clock.is_rehearsal()
    assert abs(clock.now() - database_clock()) < A_MOMENT


def test_nor_by_raw_sql():
    for statement in (
        "UPDATE audit_installation SET \"offset\" = interval '1 day'",
        "DELETE FROM audit_installation",
    ):
        with pytest.raises(DatabaseError), ordinary() as sql:
            sql(statement)


def test_marking_twice_changes_nothing():
    clock.mark_as_rehearsal()
    clock.travel_to(CLOSING)
    clock.mark_as_rehearsal()
    assert clock.now() < CLOSING + A_MOMENT


def test_a_database_with_a_history_cannot_become_a_rehearsals(note):
    note()
    with pytest.raises(WrongState):
        clock.mark_as_rehearsal()
    with pytest.raises(DatabaseError), ordinary() as sql:
        sql("UPDATE audit_installation SET is_rehearsal = true")
    assert not clock.is_rehearsal()


def test_a_rehearsal_stays_one_and_forward_by_raw_sql_too(note):
    clock.mark_as_rehearsal()
    note()
    for statement in (
        "UPDATE audit_installation SET is_rehearsal = false",
        "UPDATE audit_installation SET \"offset\" = interval '-1 day'",
        "UPDATE audit_installation SET log_id = gen_random_uuid()",
        "DELETE FROM audit_installation",
    ):
        with pytest.raises(DatabaseError), ordinary() as sql:
            sql(statement)


def test_there_is_one_installation():
    with pytest.raises(DatabaseError), transaction.atomic():
        Installation.objects.create(pk=2)


def test_deployment_refuses_a_rehearsal():
    call_command("check", deploy=True, tags=["security"], fail_level="CRITICAL")
    clock.mark_as_rehearsal()
    with pytest.raises(SystemCheckError, match=r"audit\.E001"):
        call_command("check", deploy=True, tags=["security"])


def test_the_deploy_check_says_nothing_before_the_tables_exist():
    from audit.checks import database_is_no_rehearsal

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_installation RENAME TO elsewhere")
    assert database_is_no_rehearsal(None) == []
