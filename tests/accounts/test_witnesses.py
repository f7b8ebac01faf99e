"""A row altered, added or removed behind the application's back is named."""

import pytest
from django.db import connection

from accounts.models import User
from audit.witnesses import registered


def lines():
    return [
        line
        for name, check in registered().items()
        if name.startswith("accounts.")
        for line in check()
    ]


@pytest.fixture
def everybody(applicant, applicant2, editor, officer, region, sysadmin):
    assert lines() == []


def sql(statement, *values):
    """As a database superuser would, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_what_the_services_wrote_agrees(everybody):
    assert lines() == []


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("UPDATE accounts_user SET email = 'thief@example.org' WHERE id = %s", "altered: email"),
        ("UPDATE accounts_user SET username = 'x' WHERE id = %s", "altered: username"),
        (
            "UPDATE accounts_user SET is_active = false, disabled_at = now() WHERE id = %s",
            "altered: active",
        ),
        (
            "UPDATE accounts_rolegrant SET role = 'approver' WHERE user_id = %s",
            "altered: role",
        ),
    ],
)
def test_an_altered_row_is_named(everybody, officer, statement, part):
    sql(statement, officer.pk)
    (line,) = lines()
    assert part in line


def test_an_added_role_is_named(everybody, sysadmin):
    sql(
        "INSERT INTO accounts_rolegrant (user_id, role, bootstrap, proposed_at, confirmed_at,"
        " reason, revoked_reason) VALUES (%s, 'approver', true, now(), now(), '', '')",
        sysadmin.pk,
    )
    (line,) = lines()
    assert "no event tells of it" in line


def test_a_removed_membership_is_named(everybody, editor):
    sql("DELETE FROM accounts_membership WHERE user_id = %s", editor.pk)
    (line,) = lines()
    assert "the row is gone" in line


def test_a_firm_renamed_by_hand_is_named(everybody, firm):
    sql("UPDATE accounts_organisation SET name = '别名' WHERE id = %s", firm.pk)
    (line,) = lines()
    assert line.endswith("altered: name")
    assert User.objects.count() > 0
