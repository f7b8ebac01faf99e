import re

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit import services
from audit.digests import Keyed
from audit.models import Event, Installation, Seal, Unsealed
from audit.services import Entry, record_all, seal_events
from audit.verification import verify
from tests.audit.conftest import superuser

pytestmark = pytest.mark.django_db(transaction=True)


# Beyond every event of the log, however far the tests before have moved the sequence.
FORGED = 10**9


def subjects():
    return sorted(finding.subject for finding in verify().findings)


def found():
    return [(finding.kind, finding.subject) for finding in verify().findings]


def test_an_untouched_log_holds(log, anchor_file, capsys):
    report = verify()
    assert (report.findings, report.events, report.sealed, report.anchors) == ((), 10, 10, 1)
    call_command("verify_audit")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_an_empty_log_holds():
    assert verify().findings == ()


def test_events_that_wait_for_their_seal_hold(log, note):
    note()
    report = verify()
    assert (report.findings, report.events, report.sealed) == ((), 11, 10)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ("reason = 'forged'", "reason"),
        ("actor_id = 999, actor_name = '别人'", "actor_id, actor_name"),
        ("actor_id = NULL", "actor_id"),
        ("at = at + interval '1 microsecond'", "at"),
        ("after = '{\"n\": 99}'", "after"),
        ("after = NULL, before = '[]'", "before, after"),
        ("object_id = '1000000'", "object_id"),
        ("target = 'awarded', role = 'x', scope = 'y'", "role, scope, target"),
        ("mac = repeat('0', 64)", "mac"),
    ],
)
def test_an_altered_event_is_named_with_what_differs(log, change, fields, capsys):
    with superuser() as sql:
        sql(f"UPDATE audit_event SET {change} WHERE id = %s", [log[4]])
    assert found() == [("altered", f"event {log[4]}")]
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert len(lines) == 1
    assert re.fullmatch(
        rf"event {log[4]} \(application\.submit, accounts\.user \d+ .*\): altered: {fields}",
        lines[0],
    )


def test_a_removed_event_is_named(log):
    with superuser() as sql:
        sql("DELETE FROM audit_event WHERE id IN (%s, %s)", [log[2], log[9]])
    assert found() == [("missing", f"event {log[2]}"), ("missing", f"event {log[9]}")]


FORGE = """
INSERT INTO audit_event (id, at, actor_id, actor_name, role, action, object_type, object_id,
  object_label, scope, source, target, reason, before, after, origin, mac)
SELECT %s, at, actor_id, actor_name, role, action, object_type, object_id, object_label, scope,
  source, target, reason, before, after, origin, mac FROM audit_event WHERE id = %s
"""


def test_an_added_event_is_named(log):
    with superuser() as sql:
        sql(FORGE, [FORGED, log[0]])
    assert found() == [("added", f"event {FORGED}")]


def test_an_event_added_through_the_triggers_is_named_before_and_after_its_seal(log):
    with connection.cursor() as cursor:
        cursor.execute(FORGE, [FORGED, log[0]])
    assert Unsealed.objects.count() == 1
    assert found() == [("added", f"event {FORGED}")]
    assert seal_events() == 1
    assert found() == [("added", f"event {FORGED}")]


def test_an_event_altered_while_it_waits_is_named(log, note):
    waiting = note()
    with superuser() as sql:
        sql("UPDATE audit_event SET reason = 'x' WHERE id = %s", [waiting.pk])
    assert subjects() == [f"event {waiting.pk}"]


def test_an_event_removed_while_it_waits_is_named(log, note):
    waiting = note()
    with superuser() as sql:
        sql("DELETE FROM audit_event WHERE id = %s", [waiting.pk])
    assert found() == [("missing", f"event {waiting.pk}")]
    assert seal_events() == 0
    assert found() == [("missing", f"event {waiting.pk}")]


def test_an_event_taken_out_of_the_queue_is_named(log, note):
    waiting = note()
    with superuser() as sql:
        sql("DELETE FROM audit_unsealed")
    assert found() == [("added", f"event {waiting.pk}")]


def test_a_sealed_event_put_back_into_the_queue_stops_nothing(log, note):
    Unsealed.objects.create(event_id=log[3])
    note()
    assert seal_events() == 1
    assert found() == [("added", f"event {log[3]}")]


def test_several_hands_are_all_named_and_nothing_else(log):
    with superuser() as sql:
        sql("UPDATE audit_event SET reason = 'x' WHERE id = %s", [log[1]])
        sql("DELETE FROM audit_event WHERE id = %s", [log[5]])
        sql(FORGE, [FORGED, log[0]])
    assert found() == [
        ("altered", f"event {log[1]}"),
        ("missing", f"event {log[5]}"),
        ("added", f"event {FORGED}"),
    ]


# --- the seals themselves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "digest = repeat('a', 64)",
        "chain = repeat('a', 64)",
        "fields = ''",
        "sealed_at = sealed_at - interval '1 day'",
    ],
)
@pytest.mark.parametrize("position", [1, 5, 10])
def test_an_altered_seal_is_named(log, change, position):
    with superuser() as sql:
        sql(f"UPDATE audit_seal SET {change} WHERE position = %s", [position])
    assert found() == [("altered", f"seal {position}")]


def test_two_altered_neighbours_are_both_named(log):
    with superuser() as sql:
        sql("UPDATE audit_seal SET chain = repeat('a', 64) WHERE position IN (5, 6)")
    assert found() == [("altered", "seal 5"), ("altered", "seal 6")]


def test_an_altered_event_whose_seal_is_fitted_to_it_is_still_named(log):
    """Without the key neither the event's code nor the chain can be made to fit."""
    with superuser() as sql:
        sql("UPDATE audit_event SET reason = 'x' WHERE id = %s", [log[4]])
    from audit import rows

    event = Event.objects.get(pk=log[4])
    values = [getattr(event, name) for name in rows.FIELDS]
    digest = rows.digest(rows.form(values), event.mac)
    with superuser() as sql:
        sql(
            "UPDATE audit_seal SET digest = %s, fields = %s WHERE event_id = %s",
            [digest, rows.marks(values), log[4]],
        )
    assert found() == [("added", f"event {log[4]}"), ("altered", "seal 5")]


def test_events_removed_with_their_seals_are_missed(log):
    with superuser() as sql:
        sql("DELETE FROM audit_seal WHERE position IN (4, 5)")
        sql("DELETE FROM audit_event WHERE id IN (%s, %s)", [log[3], log[4]])
    assert found() == [("missing", "seals 4-5")]


def test_closing_the_gap_breaks_the_chain(log):
    with superuser() as sql:
        sql("DELETE FROM audit_seal WHERE position = 4")
        sql("DELETE FROM audit_event WHERE id = %s", [log[3]])
        for position in range(5, 11):
            sql("UPDATE audit_seal SET position = %s WHERE position = %s", [position - 1, position])
    assert found()[0] == ("altered", "seal 4")


def test_exchanged_seals_are_named(log):
    with superuser() as sql:
        sql("UPDATE audit_seal SET position = 100 WHERE position = 4")
        sql("UPDATE audit_seal SET position = 4 WHERE position = 5")
        sql("UPDATE audit_seal SET position = 5 WHERE position = 100")
    assert {("altered", "seal 4"), ("altered", "seal 5")} <= set(found())


def test_another_key_does_not_verify_this_log(log, settings):
    settings.STEELYARD_AUDIT_KEY = "another key"
    assert len([s for s in subjects() if s.startswith("event ")]) == 10


def test_the_database_never_sees_the_key(log, settings):
    key = settings.STEELYARD_AUDIT_KEY
    with connection.cursor() as cursor:
        for model in (Event, Seal, Installation):
            cursor.execute(
                f"SELECT count(*) FROM {model._meta.db_table} t WHERE t::text LIKE %s", [f"%{key}%"]
            )
            assert cursor.fetchone() == (0,)
    assert Keyed(key).mac(b"") != ""


def test_the_sealer_takes_no_more_than_its_batch(officer):
    with transaction.atomic():
        record_all(Entry(action=f"x.n{n}", obj=None, by=officer) for n in range(7))
    assert [seal_events(limit=3), seal_events(limit=3), seal_events(limit=3)] == [3, 3, 1]
    assert verify().findings == ()


def test_the_task_seals_everything(officer):
    from audit.tasks import seal

    with transaction.atomic():
        record_all(Entry(action="x.y", obj=None, by=officer) for _ in range(services.BATCH + 5))
    assert seal() == services.BATCH + 5
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == list(
        range(1, services.BATCH + 6)
    )
    assert verify().findings == ()
