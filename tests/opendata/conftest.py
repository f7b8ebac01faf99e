"""The stages of the money that the tests of awards go through."""

import pytest

from audit import clock
from tests.awards import stages
from tests.awards.conftest import MONDAY


@pytest.fixture
def rehearsed(db):
    """A database whose clock may be moved, before anything is recorded in it."""
    clock.mark_as_rehearsal()
    clock.travel_to(MONDAY)


@pytest.fixture
def people(
    rehearsed, officer, officer2, approver, finance, finance2, applicant, firm, secretary
) -> stages.People:
    return stages.People(
        officer=officer, officer2=officer2, approver=approver, finance=finance,
        finance2=finance2, owner=applicant, firm=firm, secretary=secretary,
    )  # fmt: skip


@pytest.fixture
def agreed(kept, people):
    """A project's agreement in force, three instalments to claim."""
    on = ("officer", "officer2", "approver", "finance", "finance2", "applicant", "secretary")
    ranked = kept.build("ranked", lambda: stages.ranked(people), on=on)
    return kept.build("agreed", lambda: stages.agreed(people, ranked), on=("ranked",))
