"""Every step of the table, from every state, by every kind of person."""

import pytest
from django.db import connection, transaction

from applications import rules, witnessing
from applications.models import Application
from applications.services import lifecycle
from applications.workflow import BY_NAME, FINAL, TRANSITIONS, Actor, Status
from audit.models import Event
from audit.refusals import NotPermitted, NotVisible, WrongState
from notifications.models import Message
from tests import making

pytestmark = pytest.mark.django_db


def put(application: Application, status: Status) -> Application:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE applications_application SET status = %s WHERE id = %s",
            [status, application.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    application.refresh_from_db()
    return application


@pytest.fixture
def people(
    applicant, editor, viewer, applicant2, region, region2, officer, expert, supervisor, approver,
    finance, secretary, lead, sysadmin, secadmin, auditor,
):  # fmt: skip
    return locals()


MAY = {
    Actor.OWNER: {"applicant"},
    Actor.REGIONAL_OFFICER: {"region"},
    Actor.PROGRAMME_OFFICER: {"officer"},
    Actor.APPROVER: {"approver"},
    Actor.FINANCE_OFFICER: {"finance"},
    Actor.SYSTEM: set(),
}


def test_who_may_take_which_step(submitted, people):
    for step in TRANSITIONS:
        expected = set().union(*(MAY[actor] for actor in step.actors))
        allowed = {name for name, user in people.items() if rules.may(user, step.name, submitted)}
        assert allowed == expected, step.name
        assert rules.may(None, step.name, submitted) == (Actor.SYSTEM in step.actors)


def test_nobody_but_the_firm_acts_on_a_draft(draft, people):
    for step in TRANSITIONS:
        allowed = {name for name, user in people.items() if rules.may(user, step.name, draft)}
        assert allowed == ({"applicant"} if Actor.OWNER in step.actors else set()), step.name


def test_a_step_leaves_only_its_own_states(submitted, people):
    """Every state x every step, by somebody who may take it: moved with one event, or refused."""
    actors = {actor: people[min(names)] for actor, names in MAY.items() if names}
    for status in Status:
        for step in TRANSITIONS:
            by = next((actors[a] for a in sorted(step.actors) if a in actors), None)
            put(submitted, status)
            events = Event.objects.count()
            sid = transaction.savepoint()
            if status in step.sources:
                moved = lifecycle.advance(application=submitted, step=step.name, by=by, quiet=True)
                assert moved.status == step.target
                assert Event.objects.count() == events + 1
                event = Event.objects.latest("id")
                assert (event.source, event.target) == (status, step.target)
                assert event.role in step.actors
            else:
                with pytest.raises(WrongState):
                    lifecycle.advance(application=submitted, step=step.name, by=by, quiet=True)
                assert Event.objects.count() == events
            transaction.savepoint_rollback(sid)


def test_who_may_not_know_and_who_may_not_do(submitted, people):
    for name, refusal in (
        ("applicant2", NotVisible),
        ("region2", NotVisible),
        ("expert", NotVisible),
        ("sysadmin", NotVisible),
        ("auditor", NotVisible),
        ("editor", NotPermitted),
        ("viewer", NotPermitted),
        ("officer", NotPermitted),
        ("supervisor", NotPermitted),
    ):
        with pytest.raises(refusal):
            lifecycle.advance(application=submitted, step="recommend", by=people[name])


def test_only_the_systems_own_steps_need_nobody(submitted):
    put(submitted, Status.RETURNED)
    lapsed = lifecycle.advance(application=submitted, step="lapse", by=None, quiet=True)
    assert lapsed.status == Status.INELIGIBLE
    with pytest.raises(NotPermitted):
        lifecycle.advance(application=submitted, step="award", by=None)


def test_an_expected_state_that_is_not_found_is_refused(submitted, officer):
    put(submitted, Status.ELIGIBLE)
    with pytest.raises(WrongState):
        lifecycle.advance(
            application=submitted, step="start_review", by=officer, expect=Status.RECOMMENDED
        )


def test_the_firm_hears_of_a_step_once_and_never_of_a_secret_one(submitted, officer, approver):
    before = Message.objects.count()
    put(submitted, Status.ELIGIBLE)
    lifecycle.advance(application=submitted, step="start_review", by=officer)
    assert Message.objects.order_by("-id")[0].kind == "application.start_review"
    assert Message.objects.count() == before + 1
    lifecycle.advance(application=submitted, step="close_scoring", by=officer)
    lifecycle.advance(application=submitted, step="propose", by=approver)
    assert Message.objects.count() == before + 1


def test_the_table_is_whole():
    assert len(BY_NAME) == len(TRANSITIONS)
    reached = {Status.DRAFT}
    while True:
        more = {t.target for t in TRANSITIONS if t.sources & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(Status)
    assert {
        Status.NOT_RECOMMENDED, Status.INELIGIBLE, Status.NOT_FUNDED, Status.COMPLETED,
        Status.WITHDRAWN, Status.DISQUALIFIED, Status.TERMINATED, Status.NOT_SHORTLISTED,
    } == FINAL  # fmt: skip


def test_a_state_changed_by_hand_is_found(submitted):
    making.move(submitted, Status.AWARDED)
    assert len(list(witnessing.states())) == 1
