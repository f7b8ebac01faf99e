"""Two people, an anchor file of the test's own, and a hand that works behind the log's back."""

from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from audit import witnesses
from audit.services import Entry, record, record_all, seal_events


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "outside" / "audit-anchors"
    return settings.AUDIT_ANCHOR_FILE


@pytest.fixture(autouse=True)
def no_witness(monkeypatch):
    """The witnesses of the apps above watch rows that these tests make by themselves."""
    monkeypatch.setattr(witnesses, "_checks", {})


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def officer(db):
    return get_user_model().objects.create(username="lin", name="林雨", email="lin@example.org")


@pytest.fixture
def checker(db):
    return get_user_model().objects.create(username="qiao", name="乔松", email="qiao@example.org")


@pytest.fixture
def note(officer):
    """note("call.open", …): one event in a transaction of its own."""

    def record_one(action="call.open", obj=None, **facts):
        with transaction.atomic():
            return record(action=action, obj=obj, by=officer, **facts)

    return record_one


@contextmanager
def superuser():
    """SQL with all triggers switched off, as only a superuser of the database can."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor.execute
        cursor.execute("SET LOCAL session_replication_role = origin")


@contextmanager
def ordinary():
    """SQL as the application's own connection could send it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL steelyard.emptying = off")
        yield cursor.execute


@pytest.fixture
def log(officer):
    """Ten events, all sealed, all about the officer's account."""
    with transaction.atomic():
        events = record_all(
            Entry(
                action="application.submit",
                obj=officer,
                by=officer,
                reason=f"第{n}次",
                before={"n": n - 1},
                after={"n": n},
            )
            for n in range(10)
        )
    assert seal_events() == 10
    return [event.pk for event in events]
