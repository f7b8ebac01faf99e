"""What a whole rehearsal leaves in its house, read from a copy of it."""

import io
import json
import re
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.utils import translation

from applications.models import Call
from audit import clock
from audit.models import Event
from awards.models import Award, Recall
from awards.selectors.progress import REPORTING, owed
from calendars.selectors import working_days
from config import embedded_places
from portal.action_words import OBJECTS
from portal.event_rows import action_words, role_words, state_words
from reviews.models import HearingMinutes, ScoreSheet, ShortlistEntry, Stage
from secretaries.models import OverdueInquiry, SecretaryAppraisal, ServiceAssignment
from secretaries.selectors.appraising import Quarter, counts_of
from secretaries.service_rules import ServiceRules
from tests import rehearsed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(rehearsal, django_db_blocker):
    """The rehearsal's database; nothing here writes."""
    with (
        django_db_blocker.unblock(),
        rehearsed.copy_of(rehearsed.MOULD, f"house_{rehearsed.process()}"),
    ):
        yield


def test_the_call_was_published_before_it_opened(house):
    for call in Call.objects.all():
        (edition,) = call.editions.all()
        assert edition.published_at < call.opens_at


def test_the_heard_call_ranks_again_and_its_certificate_tells_the_order(house, tmp_path):
    call_command("rank", "2025-1", stdout=io.StringIO())  # exits 1 where anything differs
    told = io.StringIO()
    call_command("export_draw", "2025-1-D1", stdout=told)
    (panel,) = json.loads(told.getvalue())["hearing"]
    entries = ShortlistEntry.objects.filter(shortlist__call__number="2025-1", place__isnull=False)
    assert panel["applications"] == list(
        entries.order_by("place").values_list("application__number", flat=True)
    )
    file = tmp_path / "certificate.json"
    file.write_text(told.getvalue(), encoding="utf-8")
    program = embedded_places.BASE / "script" / "verify-draw"
    done = subprocess.run(
        [sys.executable, program, file], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hearing_is_signed_a_second_time_after_its_minutes(house):
    sheets = ScoreSheet.objects.filter(panel__call__number="2025-1")
    signed = {stage: sheets.filter(stage=stage).count() for stage in Stage}
    assert signed[Stage.HEARING] == signed[Stage.PAPER] > 0
    kept = HearingMinutes.objects.values_list("recorded_at", flat=True)
    assert max(kept) < min(sheets.filter(stage=Stage.HEARING).values_list("signed_at", flat=True))


def test_every_secretary_signed_in_time_and_made_the_first_contact(house):
    rows = list(ServiceAssignment.objects.filter(role="lead"))
    assert rows
    for row in rows:
        assert row.accepted_at is not None
        assert row.accepted_at <= row.first_contact_due
        visits = list(row.visits.order_by("pk"))
        assert visits[0].kind == "phone"
        assert all(visit.confirmed_at is not None for visit in visits)


def test_an_inquiry_names_the_step_and_its_request_was_settled_and_marked(house):
    row = OverdueInquiry.objects.get()
    days = dict(row.shares)
    assert (row.step, row.step_days) == ("住房和城乡建设局", max(days.values()))
    assert row.overdue >= ServiceRules().overdue_inquiry
    assert (row.explained_by, row.finding) == (row.subject, "at_fault")
    assert (row.request.status, row.request.satisfaction.score) == ("closed", 3)


def test_whoever_led_a_project_in_a_quarter_was_appraised_for_it(house):
    rows = SecretaryAppraisal.objects.all()
    assert rows
    for year, quarter in set(rows.values_list("year", "quarter")):
        led = counts_of(Quarter(year, quarter), ServiceRules())
        judged = rows.filter(year=year, quarter=quarter)
        assert set(judged.values_list("secretary", flat=True)) == set(led)


def test_only_who_stood_still_was_recalled_and_the_others_owe_no_report(house):
    idle = Recall.objects.get().award
    now, table = clock.now(), working_days()
    under_way = Award.objects.filter(application__status__in=REPORTING).select_related("agreement")
    assert idle not in under_way
    reports = {a: list(a.progress_reports.all()) for a in under_way}
    assert {r.status for rows in reports.values() for r in rows} == {"confirmed"}
    assert [o for a, rows in reports.items() for o in owed(a, rows, now, table) if o.late] == []


def test_the_trail_says_every_act_state_role_and_object_in_words(house):
    """In Chinese a code would stand out by its letters."""
    events = Event.objects.values_list("object_type", "action", "source", "target", "role")
    said: dict[str, str] = {}
    with translation.override("zh-hans"):
        for kind, action, source, target, role in events.distinct().order_by():
            said[action] = action_words(action)
            said[role] = role_words(role)
            said[kind] = str(OBJECTS.get(kind, kind))
            said |= {f"{kind} {state}": state_words(kind, state) for state in (source, target)}
    assert {k: v for k, v in said.items() if re.search("[a-z]{2}", v)} == {}
