"""Real threads on PostgreSQL: the submit button, receipt numbers, the closing instant, two tabs."""

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.services import firms
from applications.models import (
    Application,
    ApplicationUserObjectPermission,
    Call,
    Industry,
    Section,
    Submission,
)
from applications.seeds import plant_catalogue
from applications.services import calls, dossiers
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Conflict, TooLate, WrongState
from notifications.models import Message
from tests.applications import filling
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def catalogue(region_of):
    plant_catalogue()


def another(call, firm, applicant, region_of, title) -> Application:
    made = dossiers.start_dossier(
        call=call,
        firm=firm,
        title=title,
        region=region_of("220581"),
        industry=Industry.objects.get(code="nuts"),
        by=applicant,
    )
    return filling.complete(made, applicant)


def test_submit_pressed_thirty_times_is_one_submission(complete, applicant):
    results = race(
        [lambda: dossiers.submit(application=complete, commitment=True, by=applicant)] * 30
    )
    assert {r.receipt for r in results} == {f"{complete.call.number}-0001"}
    assert Submission.objects.count() == 1
    assert Message.objects.filter(kind="application.submit").count() == 1
    assert Event.objects.filter(action="application.submit").count() == 1
    assert Call.objects.get(pk=complete.call_id).last_application_no == 1


def test_parallel_submissions_are_numbered_without_gaps(call, firm, applicant, region_of):
    many = [another(call, firm, applicant, region_of, f"项目{n}") for n in range(8)]
    filling.save(many[3], "market", applicant, market="")  # one is incomplete and takes no number
    results = race(
        [lambda a=a: dossiers.submit(application=a, commitment=True, by=applicant) for a in many]
    )
    numbers = sorted(r.receipt for r in results if isinstance(r, Submission))
    assert numbers == [f"{call.number}-{n:04d}" for n in range(1, 8)]
    assert Call.objects.get(pk=call.pk).last_application_no == 7


def set_closing(call, when) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE applications_call SET closes_at = %s WHERE id = %s", [when, call.pk])


def test_who_waits_for_the_counter_past_the_closing_instant_is_too_late(complete, applicant):
    """The clock is read after the last lock: a transaction begun in time does not save it."""
    set_closing(complete.call, clock.now() + timedelta(seconds=2))

    def hold():
        with transaction.atomic():
            Call.objects.select_for_update().get(pk=complete.call_id)
            time.sleep(3)

    def press():
        time.sleep(0.5)
        return dossiers.submit(application=complete, commitment=True, by=applicant)

    _held, pressed = race([hold, press])
    assert isinstance(pressed, TooLate)
    complete.refresh_from_db()
    assert (complete.status, complete.number) == (Status.DRAFT, None)
    assert Call.objects.get(pk=complete.call_id).last_application_no == 0
    assert Submission.objects.count() == 0


def test_of_two_tabs_one_saves_and_the_other_sees_both(draft, applicant, editor):
    def typed(text, by):
        return lambda: dossiers.save_section(
            application=draft, code="market", data={"market": text}, version=0, by=by
        )

    results = race([typed(f"文字{n}", by) for n, by in enumerate([applicant, editor] * 4)])
    saved = [r for r in results if isinstance(r, Section)]
    clashes = [r for r in results if isinstance(r, Conflict)]
    assert (len(saved), len(clashes)) == (1, 7)
    stored = Section.objects.get(application=draft, code="market")
    assert (stored.version, stored.data) == (1, saved[0].data)
    assert all(c.current.data == stored.data for c in clashes)


def test_submitting_and_withdrawing_at_one_instant_end_in_one_state(complete, applicant):
    results = race(
        [
            lambda: dossiers.submit(application=complete, commitment=True, by=applicant),
            lambda: dossiers.withdraw(application=complete, reason="撤回", by=applicant),
        ]
    )
    complete.refresh_from_db()
    assert complete.status == Status.WITHDRAWN
    if any(isinstance(r, WrongState) for r in results):
        assert Submission.objects.count() == 0
    else:
        assert Submission.objects.count() == 1


def test_two_officers_publish_once(draft_call, officer, officer2, house):
    from accounts.roles import Role

    third = house.person("officer3", "三项目", Role.PROGRAMME_OFFICER)
    calls.propose_call(call=draft_call, by=officer)
    results = race(
        [lambda by=by: calls.publish_call(call=draft_call, by=by) for by in (officer2, third)]
    )
    assert sorted(type(r).__name__ for r in results) == ["Call", "WrongState"]
    assert draft_call.editions.count() == 1


def test_numbers_of_calls_are_not_given_twice(reviewed, officer):
    now = clock.now()

    def make():
        return calls.create_call(
            scheme=reviewed,
            year=2026,
            name_zh="批次",
            name_en="Call",
            opens_at=now,
            closes_at=now + timedelta(days=9),
            envelope=10**8,
            max_request=10**7,
            by=officer,
        )

    assert sorted(c.number for c in race([make] * 6)) == [f"2026-{n}" for n in range(1, 7)]


def test_who_joins_while_a_dossier_opens_still_shares_it(call, firm, applicant, region_of):
    from tests.cast import register

    newcomer = register("newcomer", "新同事")
    opened, _joined = race(
        [
            lambda: dossiers.start_dossier(
                call=call,
                firm=firm,
                title="同时打开",
                region=region_of("220581"),
                industry=Industry.objects.get(code="nuts"),
                by=applicant,
            ),
            lambda: firms.add_member(
                firm=firm, user_or_email=newcomer, level="editor", by=applicant
            ),
        ]
    )
    held = ApplicationUserObjectPermission.objects.filter(user=newcomer, content_object=opened)
    assert held.count() == 2
