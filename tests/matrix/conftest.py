"""Everybody of the cast at once, by name."""

import pytest

PERSONS = (
    "applicant", "applicant2", "editor", "viewer", "region", "region2", "officer", "expert",
    "supervisor", "approver", "finance", "secretary", "lead", "sysadmin", "secadmin", "auditor",
)  # fmt: skip


@pytest.fixture
def everybody(request) -> dict:
    """The sixteen who sign in, and the visitor who does not."""
    return {name: request.getfixturevalue(name) for name in (*PERSONS, "anonymous")}
