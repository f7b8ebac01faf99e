"""Appointment by the rules and by hand, handover, leave, and 32 threads at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Organisation
from applications.models import ApplicationUserObjectPermission
from applications.rules import SERVE
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from notifications.models import Job, Message
from secretaries import rules, tasks
from secretaries.models import AppointmentGap, Leave, ServiceAssignment, ServiceSecretary
from secretaries.services import appointments, batches, profiles
from tests import making
from tests.racing import race
from tests.secretaries.people import Cast, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def servers(application: Any) -> set[int]:
    """Who holds guardian's permission to serve the project."""
    return set(
        ApplicationUserObjectPermission.objects.filter(
            content_object=application, permission__codename=SERVE
        ).values_list("user", flat=True)
    )


def test_the_one_with_fewest_projects_is_appointed_and_everybody_told(cast: Cast) -> None:
    busy, free = cast.secretary("赵立新"), cast.secretary("孙桂芳")
    appointments.appoint_by_hand(
        application=cast.project(), secretary=busy, reason="熟悉本县工业园区情况", by=cast.lead
    )
    project = cast.project()
    made = appointments.appoint(application=project)
    assert isinstance(made, ServiceAssignment)
    assert (made.secretary, made.backup, made.appointed_by) == (free, busy, None)
    assert made.reason["candidates"] == 2
    assert servers(project) == {free.user_id, busy.user_id}
    told = Message.objects.filter(object_id=str(project.pk)).values_list("kind", "recipient")
    assert set(told) == {
        ("secretary.appointed", free.user_id),
        ("secretary.appointed_firm", cast.owner.pk),
        ("secretary.backup", busy.user_id),
    }
    assert Event.objects.filter(action="assignment.appoint").count() == 2


@pytest.mark.parametrize(("phone", "reach"), [("", ["中心"]), ("0435-1", ["中心", "0435-1"])])
def test_the_firm_reads_a_telephone_only_where_there_is_one(
    cast: Cast, phone: str, reach: list[str]
) -> None:
    row = cast.secretary()
    ServiceSecretary.objects.filter(pk=row.pk).update(phone=phone)
    Organisation.objects.filter(pk=row.unit_id).update(name="中心")
    appointments.appoint(application=cast.project())
    message = Message.objects.get(kind="secretary.appointed_firm")
    assert message.context["reach"] == {"list": reach}


def test_twice_is_once(cast: Cast) -> None:
    cast.secretary()
    project = cast.project()
    first = appointments.appoint(application=project)
    assert appointments.appoint(application=project) == first
    assert ServiceAssignment.objects.count() == 1


def test_the_job_appoints_once_and_leaves_what_is_no_longer_awarded(cast: Cast) -> None:
    cast.secretary()
    project, gone = cast.project(), cast.project(status=Status.DISQUALIFIED)
    now = clock.now()
    for row in (project, gone):
        job = Job.objects.create(
            key=f"appoint:{row.pk}",
            task="secretaries.tasks.appoint",
            payload={"application": row.pk},
            created_at=now,
            due_at=now,
        )
        tasks.appoint(job.pk)
        tasks.appoint(job.pk)
        job.refresh_from_db()
        assert job.state == "done"
    assert list(ServiceAssignment.objects.values_list("application", flat=True)) == [project.pk]


@pytest.mark.parametrize("status", [s for s in Status if s not in rules.SERVED])
def test_no_secretary_before_the_award_or_after_the_end(cast: Cast, status: Status) -> None:
    cast.secretary()
    with pytest.raises(WrongState):
        appointments.appoint(application=cast.project(status=status))


def test_nobody_free_tells_the_lead_once_and_is_filled_when_somebody_is(cast: Cast) -> None:
    only = cast.secretary(max_load=1)
    first, second = cast.project(), cast.project()
    assignment = appointments.appoint(application=first)
    gap = appointments.appoint(application=second)
    assert isinstance(gap, AppointmentGap)
    assert gap.reasons == {"local": 1, "term": 0, "industry": 0, "load": 1, "leave": 0}
    appointments.appoint(application=second)
    assert Message.objects.filter(kind="secretary.gap", recipient=cast.lead).count() == 1
    assert AppointmentGap.objects.count() == 1
    making.move(first, Status.COMPLETED)
    assert appointments.release_finished() == 1
    assert Job.objects.filter(task="secretaries.tasks.retry_gaps").count() == 1
    assert batches.fill_gaps() == 1
    gap.refresh_from_db()
    assert gap.closed_at is not None
    assert isinstance(assignment, ServiceAssignment)
    assert servers(first) == set()
    assert servers(second) == {only.user_id}
    assert Message.objects.filter(kind="secretary.gap_filled").count() == 1


def test_region_follows_the_reporting_line(cast: Cast) -> None:
    place = making.region("220581")
    tonghua = cast.secretary("朴哲浩", making.region("220500"))
    owner = making.person("松")
    project = making.dossier(
        cast.call, making.firm("梅河口果真食品有限公司", place, owner), status=Status.AWARDED
    )
    assert isinstance(appointments.appoint(application=project), AppointmentGap)
    own = cast.secretary("杨春生", place)
    made = appointments.appoint(application=project)
    assert isinstance(made, ServiceAssignment)
    assert made.secretary == own != tonghua


def test_leave_term_and_role_keep_one_out(cast: Cast) -> None:
    today = clock.today()
    away = cast.secretary("休假")
    profiles.record_leave(
        secretary=away, first_day=today, last_day=today + timedelta(days=3), by=away.user
    )
    cast.secretary("任满", active_to=today - timedelta(days=1))
    former = cast.secretary("已卸任")
    former.user.grants.update(revoked_at=clock.now(), revoked_by=cast.lead)
    project = cast.project()
    assert isinstance(appointments.appoint(application=project), AppointmentGap)
    profiles.cancel_leave(leave=Leave.objects.get(), by=cast.lead)
    assert Job.objects.filter(task="secretaries.tasks.retry_gaps").count() == 1
    made = appointments.appoint(application=project)
    assert isinstance(made, ServiceAssignment)
    assert made.secretary == away


def test_by_hand_may_cross_places_but_not_load_or_duty(cast: Cast) -> None:
    far = cast.secretary("远", making.region("220402"), max_load=1)
    first, second = cast.project(), cast.project()
    kwargs: dict[str, Any] = {"secretary": far, "reason": "与企业同行业，经协商借调"}
    with pytest.raises(NotPermitted):
        appointments.appoint_by_hand(application=first, by=far.user, **kwargs)
    with pytest.raises(Invalid):
        appointments.appoint_by_hand(application=first, secretary=far, reason="行", by=cast.lead)
    appointments.appoint_by_hand(application=first, by=cast.lead, **kwargs)
    with pytest.raises(Invalid):
        appointments.appoint_by_hand(application=second, by=cast.lead, **kwargs)
    with pytest.raises(WrongState):
        appointments.appoint_by_hand(application=first, by=cast.lead, **kwargs)


def test_handover_ends_one_begins_the_next_and_moves_the_permission(cast: Cast) -> None:
    a, b = cast.secretary("赵立新"), cast.secretary("孙桂芳")
    project = cast.project()
    before = appointments.appoint_by_hand(
        application=project, secretary=a, reason="熟悉本县工业园区情况", by=cast.lead
    )
    with pytest.raises(NotPermitted):
        appointments.hand_over(assignment=before, to=b, note="交接说明已面谈清楚。", by=a.user)
    with pytest.raises(Invalid):
        appointments.hand_over(assignment=before, to=a, note="交接说明已面谈清楚。", by=cast.lead)
    after = appointments.hand_over(
        assignment=before, to=b, note="用电接入在办，供电公司已受理。", by=cast.lead
    )
    before.refresh_from_db()
    assert before.valid_to == after.valid_from
    assert after.handover_note == "用电接入在办，供电公司已受理。"
    assert servers(project) == {b.user_id}
    assert not rules.serves(fresh(a.user), project, clock.today())
    assert rules.serves(fresh(b.user), project, clock.today())
    with pytest.raises(WrongState):
        appointments.hand_over(assignment=before, to=a, note="再交接回来试一试看。", by=cast.lead)


def test_the_backup_serves_only_while_the_secretary_is_away(cast: Cast) -> None:
    a, b = cast.secretary("赵立新"), cast.secretary("孙桂芳")
    project = cast.project()
    made = appointments.appoint(application=project)
    assert isinstance(made, ServiceAssignment)
    first, second = (a, b) if made.secretary == a else (b, a)
    today = clock.today()
    assert not rules.serves(fresh(second.user), project, today)
    profiles.record_leave(
        secretary=first, first_day=today, last_day=today + timedelta(days=2), by=cast.lead
    )
    assert rules.verifies(fresh(second.user), project, today)
    assert not rules.serves(fresh(second.user), project, today + timedelta(days=3))
    with pytest.raises(Invalid):
        profiles.record_leave(
            secretary=first, first_day=today + timedelta(days=1), last_day=today, by=cast.lead
        )
    with pytest.raises(Invalid):
        profiles.record_leave(
            secretary=first,
            first_day=today + timedelta(days=2),
            last_day=today + timedelta(days=9),
            by=cast.lead,
        )


def test_only_the_appointed_signs_for_it(cast: Cast) -> None:
    own = cast.secretary()
    made = appointments.appoint(application=cast.project())
    assert isinstance(made, ServiceAssignment)
    with pytest.raises(NotPermitted):
        appointments.accept(assignment=made, by=cast.lead)
    signed = appointments.accept(assignment=made, by=own.user)
    assert appointments.accept(assignment=made, by=own.user).accepted_at == signed.accepted_at


def test_a_profile_keeps_its_limits(cast: Cast) -> None:
    own = cast.secretary()
    for _n in range(2):
        appointments.appoint(application=cast.project())
    kwargs: dict[str, Any] = {
        "user": own.user,
        "unit": cast.unit,
        "regions": [cast.siping],
        "active_from": clock.today(),
    }
    with pytest.raises(Invalid):
        profiles.set_profile(max_load=1, by=cast.lead, **kwargs)
    with pytest.raises(NotPermitted):
        profiles.set_profile(max_load=3, by=own.user, **kwargs)
    with pytest.raises(Invalid):
        profiles.set_profile(by=cast.lead, **{**kwargs, "user": cast.owner})
    with pytest.raises(Invalid):
        profiles.set_profile(by=cast.lead, **{**kwargs, "regions": []})
    assert profiles.set_profile(max_load=5, by=cast.lead, **kwargs).max_load == 5


def test_the_database_refuses_one_too_many_and_any_rewriting(cast: Cast) -> None:
    own = cast.secretary(max_load=1)
    made = appointments.appoint(application=cast.project())
    assert isinstance(made, ServiceAssignment)
    other = cast.project()
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceAssignment.objects.create(
            application=other,
            secretary=own,
            valid_from=clock.now(),
            reason={},
            first_contact_due=clock.now(),
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
    ServiceAssignment.objects.filter(pk=made.pk).update(valid_to=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE secretaries_serviceassignment SET valid_to = NULL")


@pytest.mark.django_db(transaction=True)
def test_32_threads_appointing_never_exceed_a_load() -> None:
    cast = Cast()
    rows = [cast.secretary(f"秘书{n}") for n in range(5)]
    projects = [cast.project() for _n in range(32)]
    results = race([lambda p=p: appointments.appoint(application=p) for p in projects])
    assert not [r for r in results if isinstance(r, Exception)]
    loads = [
        ServiceAssignment.objects.filter(secretary=row, valid_to__isnull=True).count()
        for row in rows
    ]
    assert loads == [3, 3, 3, 3, 3]
    assert AppointmentGap.objects.filter(closed_at__isnull=True).count() == 17
    assert ServiceSecretary.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_16_threads_appointing_one_project_make_one_assignment() -> None:
    cast = Cast()
    for n in range(3):
        cast.secretary(f"秘书{n}")
    project = cast.project()
    results = race([lambda: appointments.appoint(application=project)] * 16)
    assert {getattr(r, "pk", r) for r in results} == {ServiceAssignment.objects.get().pk}
    assert Message.objects.filter(kind="secretary.appointed").count() == 1
