import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import gettext_lazy

from audit import origin, selectors, services
from audit.models import Event, Seal, Unsealed
from audit.selectors import SealState, TrailFilters, trail
from tests.audit.conftest import ordinary

pytestmark = pytest.mark.django_db


def test_an_event_keeps_who_in_which_role_when_where_why_and_what(officer, checker):
    with origin.acting_from("192.0.2.7"):
        event = services.record(
            action="application.submit",
            obj=checker,
            by=officer,
            role="applicant",
            source="draft",
            target="submitted",
            reason="按期申报",
            before={"status": "draft"},
            after={
                "status": "submitted",
                "amount": Decimal("24000000.00"),
                "on": dt.date(2026, 6, 1),
            },
            scope="JL-2026-01",
        )
    kept = Event.objects.values().get()
    at, mac = kept.pop("at"), kept.pop("mac")
    assert (at, mac) == (event.at, event.mac)
    assert kept == {
        "id": event.pk,
        "actor_id": officer.pk,
        "actor_name": "林雨",
        "role": "applicant",
        "action": "application.submit",
        "object_type": "accounts.user",
        "object_id": str(checker.pk),
        "object_label": str(checker),
        "scope": "JL-2026-01",
        "source": "draft",
        "target": "submitted",
        "reason": "按期申报",
        "before": {"status": "draft"},
        "after": {"status": "submitted", "amount": "24000000.00", "on": "2026-06-01"},
        "origin": "192.0.2.7",
    }


def test_an_act_of_the_system_on_nothing_stored_is_kept_too():
    event = services.record(action="signin.failed", obj=None, by=None, reason="unknown name")
    assert (event.actor_id, event.actor_name, event.object_type, event.object_id, event.origin) == (
        None,
        "",
        "",
        "",
        "",
    )


def test_one_event_costs_two_queries_and_so_do_fifty(officer, django_assert_num_queries):
    with django_assert_num_queries(2):
        services.record(action="call.open", obj=officer, by=officer)
    entries = [services.Entry(action=f"call.a{n}", obj=officer, by=officer) for n in range(50)]
    with django_assert_num_queries(2):
        events = services.record_all(entries)
    assert [e.action for e in events] == [f"call.a{n}" for n in range(50)]
    assert [e.pk for e in events] == list(
        Event.objects.order_by("id").values_list("pk", flat=True)
    )[1:]


def test_nothing_to_record_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert services.record_all([]) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\x00b", "a�b"), ("\ud800", "�"), ("𠮷䶮㛃", "𠮷䶮㛃"), (gettext_lazy("Monday"), "Monday")],
)
def test_whatever_is_typed_can_be_recorded(typed, kept, officer):
    event = services.record(action="x.y", obj=None, by=officer, reason=typed, after={"t": typed})
    event.refresh_from_db()
    assert (event.reason, event.after) == (kept, {"t": kept})


def test_long_texts_are_cut_to_their_columns_except_the_reason(officer):
    long = "长" * 1000
    officer.name = long
    event = services.record(
        action="x.y", obj=officer, by=officer, role=long, source=long, target=long, scope=long,
        reason=long,
    )  # fmt: skip
    event.refresh_from_db()
    assert (len(event.actor_name), len(event.role), len(event.object_label), len(event.scope)) == (
        150,
        40,
        200,
        40,
    )
    assert event.reason == long


def test_an_unsaved_object_is_refused(officer):
    with pytest.raises(ValueError, match="saved before"):
        services.record(action="x.y", obj=get_user_model()(), by=officer)


def test_a_nameless_act_is_refused(officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.record(action="", obj=None, by=officer)


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_recorded(officer):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        services.record(action="call.open", obj=None, by=officer)
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_falls_with_its_act(officer):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.record(action="call.open", obj=None, by=officer)
        raise ZeroDivisionError
    assert (Event.objects.count(), Unsealed.objects.count()) == (0, 0)


def test_deleting_the_person_deletes_no_history(note, officer):
    event = note()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # behind all triggers
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [officer.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    event.refresh_from_db()
    assert event.actor_name == "林雨"


@pytest.mark.parametrize("model", [Event, Seal])
def test_the_log_refuses_the_orm(note, model):
    note()
    services.seal_events()
    row = model.objects.get()
    for change in (row.save, row.delete, model.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**({"reason": "x"} if model is Event else {"digest": "x"}))


@pytest.mark.parametrize("table", ["audit_event", "audit_seal"])
def test_the_log_refuses_raw_sql(note, table):
    note()
    services.seal_events()
    for statement in (
        f"UPDATE {table} SET id = id"
        if table == "audit_event"
        else f"UPDATE {table} SET digest = ''",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        with pytest.raises(DatabaseError, match="append-only"), ordinary() as sql:
            sql(statement)
    for setting in ("pgtrigger.ignore = '{audit_event:event_append_only}'",):
        with pytest.raises(DatabaseError, match="append-only"), ordinary() as sql:
            sql(f"SET LOCAL {setting}")
            sql(f"DELETE FROM {table}")


# --- from where -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "headers", "address"),
    [
        (0, {"REMOTE_ADDR": "192.0.2.7"}, "192.0.2.7"),
        (0, {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "192.0.2.7"),
        (1, {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.1"}, "198.51.100.1"),
        (2, {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"),
        (2, {"HTTP_X_FORWARDED_FOR": "198.51.100.1"}, ""),
        (0, {"REMOTE_ADDR": ""}, ""),
        (0, {"REMOTE_ADDR": "<script>"}, ""),
        (0, {"REMOTE_ADDR": "2001:DB8::7"}, "2001:db8::7"),
    ],
)  # fmt: skip
def test_the_callers_address(settings, proxies, headers, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", **headers)
    assert origin.address_of(request) == address


def test_the_middleware_lends_the_address_for_one_request(officer):
    def view(request):
        services.record(action="x.y", obj=None, by=officer)
        return HttpResponse()

    origin.origin_middleware(view)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7"))
    assert (Event.objects.get().origin, origin.current()) == ("192.0.2.7", "")


# --- reading --------------------------------------------------------------------------------------


@pytest.fixture
def history(officer, checker):
    rows = [
        ("call.open", officer, officer, "A"),
        ("call.close", officer, checker, "A"),
        ("callback.made", checker, officer, "B"),
        ("signin.failed", None, None, ""),
    ]
    return services.record_all(
        services.Entry(action=action, obj=obj, by=by, scope=scope)
        for action, obj, by, scope in rows
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [3, 2, 1, 0]),
        ({"action": "call"}, [1, 0]),
        ({"action": "call.open"}, [0]),
        ({"action": "cal"}, []),
        ({"person": "林"}, [2, 0]),
        ({"person": "nobody"}, []),
        ({"scope": "A"}, [1, 0]),
        ({"object": "乔松"}, [2]),
        ({"object_type": "accounts.user"}, [2, 1, 0]),
        ({"scope": "A", "person": "乔"}, [1]),
        ({"person": "9" * 40}, []),
    ],
)
def test_the_trail_is_filtered(history, filters, found):
    assert list(trail(TrailFilters(**filters))) == [history[n] for n in found]


def test_people_and_objects_are_found_by_number(history, officer, checker):
    assert list(trail(TrailFilters(person=str(checker.pk)))) == [history[1]]
    assert list(trail(TrailFilters(object=str(checker.pk)))) == [history[2]]


def test_days_are_shanghai_days_both_included(note):
    from audit import clock

    clock.mark_as_rehearsal()
    clock.travel_to(dt.datetime(2024, 5, 31, 15, 59, 50, tzinfo=dt.UTC))
    may = note()
    clock.travel_to(dt.datetime(2024, 5, 31, 16, 0, tzinfo=dt.UTC))
    june = note()
    last, first = dt.date(2024, 5, 31), dt.date(2024, 6, 1)
    assert list(trail(TrailFilters(first_day=last, last_day=last))) == [may]
    assert list(trail(TrailFilters(first_day=first, last_day=first))) == [june]
    assert list(trail(TrailFilters(first_day=last, last_day=first))) == [june, may]


def test_events_of_one_object_oldest_first(history, officer, checker):
    assert list(selectors.events_of(officer)) == history[:2]
    assert selectors.actions() == ["call.close", "call.open", "callback.made", "signin.failed"]


def test_the_state_of_the_seal(note, django_assert_num_queries):
    assert selectors.seal_state() == SealState(0, 0, None, "")
    note()
    services.seal_events()
    note()
    last = Seal.objects.get()
    with django_assert_num_queries(2):
        assert selectors.seal_state() == SealState(1, 1, last.sealed_at, last.chain)
