"""A whole call by `manage.py rehearse`, on real PostgreSQL, Redis and Celery, and its report."""

import csv
import io
import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import pytest

from applications.workflow import Status
from config import embedded_places
from rehearsal.running import STAGES

pytestmark = pytest.mark.slow


@pytest.fixture
def report(rehearsal):
    return rehearsal.report


def test_the_report_has_the_agreed_keys_and_no_others(report):
    shape = {
        name: sorted(part) if isinstance(part, dict) else type(part).__name__
        for name, part in report.items()
        if name != "status"
    }
    assert shape == {
        "seed": "int",
        "stages": "list",
        "envelope": "str",
        "awarded": "str",
        "paid": "str",
        "refusals": ["refused", "tried"],
        "secretaries": ["assigned", "awarded"],
        "service": ["appraised", "closed", "inquiries", "requests", "told"],
        "messages": ["delivered", "failed", "queued"],
        "audit": ["events", "sealed", "verified"],
        "draw": ["numbers", "panels", "reproduced"],
        "closure": ["accepted", "ended", "failed", "recalled", "repaid", "terminated", "unpaid"],
        "hearing": ["call", "draw", "heard", "ranked", "reproduced", "seconds"],
    }
    assert {tuple(stage) for stage in report["stages"]} == {("name", "count", "seconds")}


def test_every_stage_was_reached_and_moved_somebody(report):
    assert tuple(stage["name"] for stage in report["stages"]) == STAGES
    assert all(stage["count"] > 0 for stage in report["stages"])
    assert report["stages"][0]["count"] == 14
    assert set(report["status"]) <= set(Status)
    # Fourteen firms, and the draft that came too late.
    assert sum(report["status"].values()) == 15
    assert report["status"]["withdrawn"] == 1


def test_money_stays_within_the_envelope_to_the_fen(report):
    paid, awarded, envelope = (Decimal(report[k]) for k in ("paid", "awarded", "envelope"))
    assert 0 < paid <= awarded <= envelope == Decimal("300000000.00")
    assert {Decimal(report[k]).as_tuple().exponent for k in ("paid", "awarded", "envelope")} == {-2}


def test_what_must_be_refused_was_refused(report):
    assert report["refusals"]["tried"] == report["refusals"]["refused"] >= 15


def test_nothing_queued_is_left_behind(report):
    messages = report["messages"]
    assert messages["queued"] == messages["delivered"] > 100
    assert messages["failed"] == 0


def test_the_log_is_sealed_whole_and_holds(report):
    assert report["audit"]["verified"] is True
    assert report["audit"]["sealed"] == report["audit"]["events"] > 1000


def test_the_checks_of_the_house_are_silent_after_it(rehearsal):
    assert rehearsal.checks["check_invariants"] == ""
    assert "均一致" in rehearsal.checks["verify_audit"]


def test_the_draw_comes_out_again_from_its_recorded_numbers(report):
    assert report["draw"]["reproduced"] is True
    assert report["draw"]["panels"] >= 1
    assert report["draw"]["numbers"] == ["2024-1-D1"]


def test_minutes_pass_between_the_steps_of_the_draw(rehearsal):
    (text,) = rehearsal.certificates.values()
    times = json.loads(text)["times"]
    steps = ("prepared", "operator_committed", "supervisor_committed", "supervisor_revealed")
    taken = [datetime.fromisoformat(times[step]) for step in (*steps, "drawn")]
    assert [(after - before).seconds // 60 for before, after in pairwise(taken)] == [12, 7, 15, 4]


def test_its_certificate_is_verified_by_the_program_for_outsiders(rehearsal, tmp_path):
    assert list(rehearsal.certificates) == rehearsal.report["draw"]["numbers"]
    for number, text in rehearsal.certificates.items():
        file = tmp_path / f"{number}.json"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, embedded_places.BASE / "script" / "verify-draw", file],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"{number} holds: ")
        assert "the best filling" in done.stdout
        assert json.loads(text)["replacements"]


def test_the_next_years_call_was_heard_and_comes_out_again(report):
    told = report["hearing"]
    assert (told["call"], told["draw"], told["reproduced"]) == ("2025-1", "2025-1-D1", True)
    assert 1 <= told["ranked"] <= told["heard"] <= 2


def test_every_award_has_its_secretary(report):
    assert report["secretaries"]["assigned"] == report["secretaries"]["awarded"] > 0


def ranked(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_ranking_says_who_got_what(rehearsal):
    last = ranked(rehearsal.rankings[-1])
    assert list(last[0]) == [
        "rank", "application", "region", "quality", "employment", "total", "requested", "awarded",
        "outcome",
    ]  # fmt: skip
    assert len(last) == 13
    awarded, ended = rehearsal.report["awarded"], rehearsal.report["closure"]["ended"]
    assert sum(Decimal(row["awarded"] or 0) for row in last) == Decimal(awarded) - Decimal(ended)


@pytest.mark.exhaustive
def test_one_seed_gives_one_ranking(rehearsal):
    """By everything but the outcome, which the second run alone went on to decide."""
    frozen = ("rank", "application", "region", "quality", "employment", "total", "requested")
    first, second = (
        [[row[column] for column in frozen] for row in ranked(text)] for text in rehearsal.rankings
    )
    assert first == second


def test_projects_end_accepted_terminated_and_repaid(report):
    """One stood still, one failed; the rest were accepted by two people."""
    closure = report["closure"]
    assert (closure["failed"], closure["recalled"], closure["repaid"]) == (1, 1, 1)
    assert (closure["terminated"], closure["unpaid"]) == (2, 1)
    assert report["status"]["completed"] == closure["accepted"] > 0
    assert report["status"]["terminated"] == 2


def test_one_request_ran_over_and_was_inquired_into_and_the_quarter_appraised(report):
    service, awarded = report["service"], report["secretaries"]["awarded"]
    assert (service["inquiries"], service["closed"]) == (1, 1)
    # Each project's own, and the one that a department let lie.
    assert service["requests"] == awarded + 1
    assert service["appraised"] > 0
