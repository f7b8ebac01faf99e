"""A call at each stage of the money, made by the services from the ranking on."""

from datetime import datetime

import pytest

from audit import clock
from tests.awards import stages

PEOPLE = ("officer", "officer2", "approver", "finance", "finance2", "applicant", "secretary")
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
def stage(kept, people):
    """stage("ranked"): what `stages` makes of that name, and of the ranked call if given."""

    def reach(name, *call):
        below = ("ranked",) if call else PEOPLE
        return kept.build(name, lambda: getattr(stages, name)(people, *call), on=below)

    return reach


@pytest.fixture
def ranked(stage):
    """P1 to P6 of the worked cut-off example, ranked under an envelope of 3亿元, strict order."""
    return stage("ranked")


@pytest.fixture
def drawn(stage, ranked):
    return stage("drawn", ranked)


@pytest.fixture
def approved(stage, ranked):
    return stage("approved", ranked)


@pytest.fixture
def noticed(stage, ranked):
    return stage("noticed", ranked)


@pytest.fixture
def awarded(stage, ranked):
    return stage("awarded", ranked)


@pytest.fixture
def agreed(stage, ranked):
    """P1 of the example: agreement in force, three instalments to claim, a secretary."""
    return stage("agreed", ranked)
