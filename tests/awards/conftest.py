"""A call at each stage of the money, made by the services from the ranking on."""

from datetime import datetime

import pytest

from audit import clock
from tests.awards import stages

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def start() -> datetime:
    """The instant at which the test's world begins."""
    return MONDAY


@pytest.fixture(autouse=True)
def rehearsed(db, start):
    """A database whose clock may be moved, before anything is recorded in it."""
    clock.mark_as_rehearsal()
    clock.travel_to(start)


@pytest.fixture
def people(officer, officer2, approver, finance, finance2, applicant, firm, secretary):
    """Everybody whose hands the money goes through, by name."""
    return stages.People(
        officer=officer,
        officer2=officer2,
        approver=approver,
        finance=finance,
        finance2=finance2,
        owner=applicant,
        firm=firm,
        secretary=secretary,
    )


@pytest.fixture
def approver2(house):
    from accounts.roles import Role

    return house.person("approver2", "副审定", Role.APPROVER)


@pytest.fixture
def ranked(people):
    """P1 to P6 of the worked cut-off example, ranked under an envelope of 3亿元, strict order."""
    return stages.ranked(people)


@pytest.fixture
def drawn(people, ranked):
    return stages.drawn(people, ranked)


@pytest.fixture
def approved(people, ranked):
    return stages.approved(people, ranked)


@pytest.fixture
def noticed(people, ranked):
    return stages.noticed(people, ranked)


@pytest.fixture
def awarded(people, ranked):
    return stages.awarded(people, ranked)


@pytest.fixture
def agreed(people, ranked):
    """P1 of the example: agreement in force, three instalments to claim, a secretary."""
    return stages.agreed(people, ranked)
