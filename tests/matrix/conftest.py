"""Everybody of the cast at once, by name; and a house in full swing."""

import logging

import pytest
from django.conf import settings

from tests import rehearsed
from tests.matrix import world

PERSONS = (
    "applicant", "applicant2", "editor", "viewer", "region", "region2", "officer", "expert",
    "supervisor", "approver", "finance", "secretary", "lead", "sysadmin", "secadmin", "auditor",
)  # fmt: skip
MOULD = "full_swing"


@pytest.fixture
def everybody(request) -> dict:
    """The sixteen who sign in, and the visitor who does not."""
    return {name: request.getfixturevalue(name) for name in (*PERSONS, "anonymous")}


@pytest.fixture(scope="session")
def full_swing(rehearsal, django_db_blocker) -> str:
    """The name of the database in which `world.build` has been at work, once a session."""
    built = settings.DATA_DIR / MOULD
    with rehearsed.one_at_a_time(settings.DATA_DIR / f"{MOULD}.lock"), django_db_blocker.unblock():
        if not built.exists():
            with rehearsed.copy_of(rehearsed.MOULD, MOULD, keep=True):
                world.build()
            built.touch()
    return MOULD


@pytest.fixture(scope="module")
def house_in_full_swing(full_swing, django_db_blocker, request):
    """This module's tests see that house, each module a copy of its own."""
    name = f"{full_swing}_{rehearsed.process()}_{request.module.__name__.rpartition('.')[2]}"
    logging.disable(logging.CRITICAL)  # thousands of refusals, each a warning
    try:
        with django_db_blocker.unblock(), rehearsed.copy_of(full_swing, name):
            yield
    finally:
        logging.disable(logging.NOTSET)
