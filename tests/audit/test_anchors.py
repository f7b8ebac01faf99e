"""The anchors outside of the database: a cut, emptied or exchanged log is noticed."""

import json

import pytest
from django.db import transaction

from audit.models import Seal, Unsealed
from audit.services import audit_key, seal_events
from audit.verification import verify
from tests.audit.conftest import superuser
from tests.audit.test_verification import found

pytestmark = pytest.mark.django_db(transaction=True)


def cut(count):
    """Remove the last events with their seals, as if they had never been."""
    with superuser() as sql:
        sql(
            "WITH gone AS (DELETE FROM audit_seal WHERE position > 10 - %s RETURNING event_id)"
            " DELETE FROM audit_event WHERE id IN (SELECT event_id FROM gone)",
            [count],
        )


def test_a_cut_tail_is_noticed(log):
    cut(3)
    assert found() == [("missing", "seals 8-10")]


def test_a_cut_tail_is_noticed_after_the_chain_went_on(log, note):
    cut(3)
    for _ in range(5):
        note()
    assert seal_events() == 5
    assert found() == [("anchor", "seal 10")]


def test_an_emptied_log_is_noticed(log, capsys):
    with superuser() as sql:
        sql("TRUNCATE audit_event, audit_seal, audit_unsealed")
    assert found() == [("missing", "seals 1-10")]


def test_a_log_under_another_identity_does_not_hold(log):
    with superuser() as sql:
        sql("UPDATE audit_installation SET log_id = gen_random_uuid()")
    assert ("altered", "seal 1") in found()


def test_a_real_log_made_a_rehearsals_afterwards_is_named(log):
    with superuser() as sql:
        sql("UPDATE audit_installation SET is_rehearsal = true")
    assert found() == [("altered", "installation")]


def test_a_missing_identity_is_noticed(log):
    with superuser() as sql:
        sql("DELETE FROM audit_installation")
    assert ("missing", "installation") in found()


def test_a_missing_anchor_file_is_noticed(log, anchor_file):
    anchor_file.unlink()
    assert found() == [("anchor", str(anchor_file))]


def test_a_forged_anchor_is_noticed(log, anchor_file):
    said = json.loads(anchor_file.read_text())
    forged = json.dumps(said | {"position": 7}, sort_keys=True, separators=(",", ":"))
    anchor_file.write_text(anchor_file.read_text() + forged + "\nnonsense\n[]\n")
    assert found() == [("anchor", f"{anchor_file}:{line}") for line in (2, 3, 4)]


def test_anchors_of_another_log_are_left_alone(log, anchor_file):
    from audit import anchors

    anchors.keep(anchors.Anchor("another", 999, "f" * 64), audit_key())
    assert verify().findings == ()


def test_every_run_of_the_sealer_anchors_once(log, note, anchor_file):
    note()
    seal_events()
    for _ in range(3):
        assert seal_events() == 0
    assert [json.loads(line)["position"] for line in anchor_file.read_text().splitlines()] == [
        10,
        11,
    ]
    assert verify().anchors == 2
    assert anchor_file.stat().st_mode & 0o777 == 0o600


def test_an_anchor_lost_in_a_crash_is_made_up_for(log, anchor_file):
    anchor_file.unlink()
    assert seal_events() == 0
    assert verify().findings == ()


def test_a_seal_that_is_rolled_back_leaves_no_anchor(note, anchor_file):
    note()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        seal_events()
        raise ZeroDivisionError
    assert (anchor_file.exists(), Seal.objects.count(), Unsealed.objects.count()) == (False, 0, 1)
