"""What the database and the witnesses hold of a hearing, and what of it leaves the house."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from applications.models import Call
from audit.refusals import WrongState
from reviews import witnessing
from reviews.models import Assignment, ScoreSheet, Stage
from reviews.selectors import exports
from reviews.services import ranking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def work(call: Call) -> Assignment:
    rows = Assignment.objects.filter(panel__call=call, stage=Stage.HEARING, state="open")
    return rows.select_related("expert__user", "application", "seat", "panel__call").order_by("pk")[
        0
    ]


def test_marks_of_both_stages_are_kept_apart(marked):
    for stage in Stage:
        rows = Assignment.objects.filter(panel__call=marked, stage=stage)
        assert {(r.state, r.sheet.stage) for r in rows.select_related("sheet")} == {
            ("locked", stage)
        }
    sheets = ScoreSheet.objects.filter(panel__call=marked)
    assert sheets.filter(stage="paper").count() == sheets.filter(stage="hearing").count() == 5
    spoken = sheets.filter(stage="hearing").first()
    assert spoken.content["stage"] == "hearing"
    assert "stage" not in sheets.filter(stage="paper").first().content


@pytest.mark.parametrize(
    "statement",
    [
        (
            "UPDATE reviews_mark SET score = 1 WHERE assignment_id IN"
            " (SELECT id FROM reviews_assignment WHERE stage = 'hearing')"
        ),
        (
            "DELETE FROM reviews_mark WHERE assignment_id IN"
            " (SELECT id FROM reviews_assignment WHERE stage = 'hearing')"
        ),
        "UPDATE reviews_assignment SET state = 'open' WHERE stage = 'hearing'",
        "UPDATE reviews_assignment SET stage = 'paper' WHERE stage = 'hearing'",
        "UPDATE reviews_scoresheet SET stage = 'paper'",
        "UPDATE reviews_shortlistentry SET place = place + 10",
        "DELETE FROM reviews_shortlist",
        "UPDATE reviews_hearingminutes SET came = false",
        "DELETE FROM reviews_sitting",
        # A hearing is of who stands on the shortlist and declared no conflict, once.
        (
            "INSERT INTO reviews_assignment (seat_id, panel_id, expert_id, application_id,"
            " submission_id, stage, state, overall_comment, overall_version)"
            " SELECT seat_id, panel_id, expert_id, application_id, submission_id, 'hearing',"
            " 'open', '', 0 FROM reviews_assignment WHERE stage = 'paper' LIMIT 1"
        ),
    ],
)
def test_the_database_guards_the_hearing_as_it_guards_paper(marked, statement):
    with (
        pytest.raises(DatabaseError, match=r"(?i)cannot|it is|duplicate|from "),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_sheet_of_paper_cannot_lock_a_hearing(begun):
    row = work(begun)
    paper = ScoreSheet.objects.get(panel=row.panel, expert=row.expert, stage="paper")
    mine = Assignment.objects.filter(pk=row.pk)
    mine.update(state="finished")
    with pytest.raises(IntegrityError, match="bound at signing"), transaction.atomic():
        mine.update(state="locked", sheet=paper)


def test_who_is_not_on_the_shortlist_is_not_laid_out(on_paper, officer):
    """Also not by hand: the database asks for the shortlist."""
    row = Assignment.objects.filter(panel__call=on_paper, state="locked").first()
    with pytest.raises(IntegrityError, match="on the shortlist"), transaction.atomic():
        Assignment.objects.create(
            seat=row.seat,
            panel=row.panel,
            expert=row.expert,
            application=row.application,
            submission=row.submission,
            stage=Stage.HEARING,
            state="open",
        )


def test_nothing_of_the_scores_leaves_before_the_last_lock(marked, officer):
    with pytest.raises(WrongState):
        exports.score_table(marked)
    with pytest.raises(WrongState):
        exports.ranking_table(marked)


def test_exports_and_witnesses_know_the_stage(marked, officer, capsys):
    ranking.close_hearing(call=marked, by=officer)
    ranking.compute_ranking(call=marked, by=officer)
    marked.refresh_from_db()
    rows = list(exports.score_table(marked))
    assert {row[0] for row in rows} == {"paper", "hearing"}
    heard = [row for row in rows if row[0] == "hearing"]
    assert len(heard) == 4 * 5 * 6  # dossiers, experts, leaves
    assert len(rows[0]) == len(exports.score_columns(marked))
    table_ = exports.ranking_table(marked)
    assert tuple(table_[0]) == exports.ranking_columns(marked)
    assert all(row["paper"] and row["hearing"] for row in table_)
    call_command("rank", marked.number)
    assert list(witnessing.sheets()) == list(witnessing.shortlists()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE reviews_shortlistentry SET total = total - 1 WHERE place = 1", "entry"),
        ("UPDATE reviews_shortlistentry SET place = place + 10", "order"),
        ("UPDATE reviews_hearingminutes SET text = '另一份纪要内容改写'", ""),
        (
            (
                "UPDATE reviews_mark SET score = 1 WHERE assignment_id IN"
                " (SELECT id FROM reviews_assignment WHERE stage = 'hearing')"
            ),
            "marks",
        ),
    ],
)
def test_what_is_altered_behind_the_back_is_named(marked, statement, said):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
    found = [*witnessing.sheets(), *witnessing.shortlists()]
    assert found != []
    assert any(said in line for line in found)
