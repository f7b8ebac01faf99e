"""Many appointments at once: the flow against trying everything, and its rows."""

from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Application
from audit import clock
from audit.models import Event
from notifications.models import Message
from secretaries import batch
from secretaries.matching import Candidate, Project, ruled_out_by
from secretaries.models import (
    AppointmentGap,
    ProjectMilestone,
    ServiceAssignment,
    ServiceSecretary,
)
from secretaries.services import appointments, batches
from tests import making
from tests.secretaries.people import Cast

PLACES, INDUSTRIES = ("220300", "220400"), ("equipment", "pharma")


@st.composite
def candidate(draw: Any, number: int) -> Candidate:
    most = draw(st.integers(1, 3))
    return Candidate(
        id=number,
        name=f"秘书{number}",
        regions=frozenset(draw(st.sets(st.sampled_from(PLACES), min_size=1))),
        industries=frozenset(draw(st.sets(st.sampled_from(INDUSTRIES)))),
        load=draw(st.integers(0, most)),
        max_load=most,
        on_leave=draw(st.integers(0, 5)) == 0,
    )


@st.composite
def problem(draw: Any) -> tuple[dict[int, Project], list[Candidate]]:
    people = [draw(candidate(number)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    projects = {
        key: Project((draw(st.sampled_from(PLACES)),), draw(st.sampled_from(INDUSTRIES)))
        for key in range(100, 100 + draw(st.integers(1, 5)))
    }
    return projects, people


def loads(people: list[Candidate], chosen: list[int | None]) -> list[int]:
    return [one.load + chosen.count(one.id) for one in people]


def best(projects: dict[int, Project], people: list[Candidate]) -> tuple[int, int]:
    """Every way there is: as many as can be served, then the least sum of squared loads."""
    by_id = {one.id: one for one in people}
    ways = product(*([None, *by_id] for _key in projects))
    found = []
    for way in ways:
        fits = all(
            who is None or ruled_out_by(project, by_id[who]) is None
            for who, project in zip(way, projects.values(), strict=True)
        )
        carried = loads(people, list(way))
        kept = all(n <= max(p.max_load, p.load) for n, p in zip(carried, people, strict=True))
        if fits and kept:
            found.append((way.count(None), sum(n * n for n in carried)))
    return min(found)


@given(problem(), st.integers(0, 99))
def test_nothing_serves_more_or_more_evenly_and_the_order_does_not_matter(given_, seed):
    projects, people = given_
    found = batch.assign(projects, people)
    for key, secretary in found.pairs.items():
        one = next(p for p in people if p.id == secretary)
        assert ruled_out_by(projects[key], one) is None
        assert found.backups[key] != secretary
    carried = loads(people, list(found.pairs.values()))
    assert all(n <= max(p.max_load, p.load) for n, p in zip(carried, people, strict=True))
    assert (len(found.left), sum(n * n for n in carried)) == best(projects, people)
    keys, others = list(projects), list(people)
    Random(seed).shuffle(keys)
    Random(seed).shuffle(others)
    assert batch.assign({key: projects[key] for key in keys}, others) == found


def test_nobody_and_nothing():
    assert batch.assign({}, []) == batch.Assigned()
    assert batch.assign({7: Project(("220300",), "")}, []).left == (7,)


@pytest.mark.django_db
def test_as_many_queries_for_nine_projects_as_for_three() -> None:
    cast, counts = Cast(), []
    for name in ("赵立新", "孙桂芳", "钱进", "周平"):
        cast.secretary(name)
    for size in (3, 9):
        projects = [cast.project().pk for _n in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            made = batches.appoint_many(applications=projects)
        counts.append(len(captured))
        assert len(made) == size
    assert counts[0] == counts[1]
    rows = ServiceAssignment.objects.values_list("secretary", flat=True)
    assert sorted(list(rows).count(pk) for pk in set(rows)) == [3, 3, 3, 3]
    assert ProjectMilestone.objects.count() == 12 * 20
    assert Event.objects.filter(action="assignment.appoint").count() == 12
    assert Message.objects.filter(kind="secretary.appointed_firm").count() == 12


@pytest.mark.django_db
def test_those_left_wait_as_gaps_and_are_filled_together() -> None:
    cast = Cast()
    zhao = cast.secretary("赵立新", max_load=2)
    projects = [cast.project() for _n in range(4)]
    made = batches.appoint_many(applications=[row.pk for row in projects])
    assert (len(made), AppointmentGap.objects.filter(closed_at=None).count()) == (2, 2)
    assert batches.appoint_many(applications=[row.pk for row in projects]) == []
    cast.secretary("孙桂芳", making.region("220300"))
    assert batches.fill_gaps() == 2
    assert AppointmentGap.objects.filter(closed_at=None).count() == 0
    assert zhao.assignments.count() == 2


@pytest.mark.django_db
def test_a_job_takes_those_of_its_call_that_wait_as_well() -> None:
    cast = Cast()
    cast.secretary("赵立新")
    cast.secretary("孙桂芳")
    first, _second = cast.project(), cast.project()
    batches.appoint_waiting(application=first)
    assert ServiceAssignment.objects.count() == 2
    batches.appoint_waiting(application=first)
    assert ServiceAssignment.objects.count() == 2


def test_of_projects_that_are_alike_the_longest_waiting_is_served() -> None:
    alike = Project(("220300",), "equipment")
    zhao = Candidate(1, "赵", frozenset({"220300"}), frozenset(), 0, 2)
    day = datetime(2026, 3, 2, tzinfo=UTC)
    for first in range(10):
        since = {key: day + timedelta(days=(key - first) % 10) for key in range(10)}
        found = batch.assign(dict.fromkeys(range(10), alike), [zhao], since)
        assert sorted(found.pairs) == sorted([first, (first + 1) % 10])


@pytest.mark.django_db
def test_who_stands_as_a_gap_for_longer_is_filled_first() -> None:
    cast = Cast()
    first = cast.project()
    assert batches.appoint_many() == []
    cast.project()
    Application.objects.filter(pk=first.pk).update(status_since=clock.now())
    cast.secretary("赵立新", max_load=1)
    assert [row.application_id for row in batches.appoint_many()] == [first.pk]


@pytest.mark.django_db
def test_the_database_counts_all_rows_of_one_statement() -> None:
    cast = Cast()
    zhao = cast.secretary("赵立新", max_load=2)
    made = batches.appoint_many(applications=[cast.project().pk])
    rows = [
        ServiceAssignment(
            application=cast.project(),
            secretary=zhao,
            valid_from=clock.now(),
            reason={},
            first_contact_due=clock.now(),
        )
        for _n in range(2)
    ]
    with pytest.raises(DatabaseError, match="would carry 3 of 2"), transaction.atomic():
        ServiceAssignment.objects.bulk_create(rows)
    ServiceAssignment.objects.bulk_create(rows[:1])
    ServiceSecretary.objects.filter(pk=zhao.pk).update(max_load=1)
    # What is there already may still be signed for.
    assert appointments.accept(assignment=made[0], by=zhao.user).accepted_at is not None
