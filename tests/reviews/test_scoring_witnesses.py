"""What was altered behind the application's back is found and named."""

import pytest
from django.db import connection

from audit.services import seal_events
from audit.verification import verify
from reviews import witnessing
from reviews.models import ScoreSheet
from tests.reviews import table

pytestmark = pytest.mark.django_db


def behind(text: str, *values) -> None:
    """As a database superuser would: with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(text, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def sheet(seat) -> ScoreSheet:
    return table.signed(seat)


def test_what_stands_as_it_was_signed_is_silent(sheet):
    assert list(witnessing.sheets()) == []
    assert list(witnessing.recusals()) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE reviews_mark SET score = 1 WHERE leaf = 'Q3.1'", 3),
        ("UPDATE reviews_mark SET comment = '好' WHERE id = (SELECT min(id) FROM reviews_mark)", 1),
        ("DELETE FROM reviews_mark WHERE id = (SELECT min(id) FROM reviews_mark)", 1),
        (
            (
                "INSERT INTO reviews_mark (assignment_id, leaf, tier, score, comment, version,"
                " updated_at) SELECT min(id), 'Z9', 0, 1, '', 1, now() FROM reviews_assignment"
            ),
            1,
        ),
        ("UPDATE reviews_assignment SET overall_comment = '另一意见'", 3),
        ("UPDATE reviews_scoresheet SET content = jsonb_set(content, '{call}', '\"x\"')", 1),
        (f"UPDATE reviews_scoresheet SET digest = '{'0' * 64}'", 2),
    ],
)
def test_an_altered_row_is_named(sheet, statement, named):
    behind(statement)
    lines = list(witnessing.sheets())
    assert len(lines) == named
    assert all(sheet.panel.call.number in line or "scoresheet" in line for line in lines)


def test_a_sheet_that_was_taken_away_is_named(sheet):
    behind("UPDATE reviews_assignment SET sheet_id = NULL, state = 'void'")
    behind("DELETE FROM reviews_scoresheet")
    assert len(list(witnessing.sheets())) == 1


def test_a_recusal_put_in_silently_is_named(sheet, expert):
    row = sheet.assignments.first()
    behind(
        "INSERT INTO reviews_recusal (panel_id, expert_id, application_id, found, reason,"
        " ground, evidence, recorded_at)"
        " VALUES (%s, %s, %s, 'later', '无记录', 'share', '无', now())",
        row.panel_id,
        row.expert_id,
        row.application_id,
    )
    assert len(list(witnessing.recusals())) == 1


def test_verification_runs_them(sheet):
    while seal_events():
        pass
    before = {line for line in verify().lines if "score sheet" in line or "评分表" in line}
    assert before == set()
    behind("UPDATE reviews_mark SET score = 0.5 WHERE leaf = 'J4.2'")
    assert len([x for x in verify().lines if "score sheet" in x or "评分表" in x]) == 3
