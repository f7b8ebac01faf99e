"""What is signed stays as it was signed, by whatever path one comes."""

import pytest
from django.db import DatabaseError, connection, transaction

from reviews.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Mark,
    Recusal,
    ScoreSheet,
)
from reviews.models.guards import MOVES
from reviews.services import declarations, signing
from tests.reviews import table

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(seat) -> ScoreSheet:
    return table.signed(seat)


def refused(act) -> bool:
    """Whether the database refuses the act."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_marks_of_a_signed_sheet_take_no_change(sheet):
    mark = Mark.objects.order_by("pk").first()
    mark.score = 0
    fresh = Mark(assignment=mark.assignment, leaf="X9", updated_at=mark.updated_at)
    acts = {
        "save": mark.save,
        "update": lambda: Mark.objects.filter(pk=mark.pk).update(score=1),
        "bulk_update": lambda: Mark.objects.bulk_update([mark], ["score"]),
        "delete": mark.delete,
        "queryset delete": Mark.objects.all().delete,
        "insert": fresh.save,
        "bulk_create": lambda: Mark.objects.bulk_create([fresh]),
        "sql update": lambda: sql("UPDATE reviews_mark SET comment = 'x'"),
        "sql delete": lambda: sql("DELETE FROM reviews_mark WHERE id = %s", mark.pk),
        "moved elsewhere": lambda: sql("UPDATE reviews_mark SET assignment_id = assignment_id + 1"),
    }
    assert [name for name, act in acts.items() if not refused(act)] == []
    assert Mark.objects.get(pk=mark.pk).score == table.entries(mark.assignment)[0].score


def test_a_locked_dossier_takes_no_change_without_a_recusal(sheet):
    row = Assignment.objects.filter(sheet=sheet).first()
    rows = Assignment.objects.filter(pk=row.pk)
    acts = {
        **{f"to {s}": lambda s=s: rows.update(state=s) for s in AssignmentState if s != "locked"},
        "comment": lambda: rows.update(overall_comment="x"),
        "version": lambda: rows.update(overall_version=9),
        "time": lambda: rows.update(finished_at=None),
        "sheet": lambda: rows.update(sheet=None),
        "delete": row.delete,
        "sql": lambda: sql("UPDATE reviews_assignment SET overall_comment = 'x'"),
        "sql delete": lambda: sql("DELETE FROM reviews_assignment"),
    }
    assert [name for name, act in acts.items() if not refused(act)] == []


def test_a_conflict_found_later_voids_and_leaves_the_marks(sheet, officer):
    row = sheet.assignments.order_by("pk").first()
    before = list(row.marks.values_list("leaf", "score", "comment").order_by("leaf"))
    table.conflict(
        expert=sheet.expert,
        application=row.application,
        reason="审计发现其持有该企业股份。",
        by=officer,
    )
    row.refresh_from_db()
    assert (row.state, row.sheet_id) == ("void", sheet.pk)
    assert list(row.marks.values_list("leaf", "score", "comment").order_by("leaf")) == before
    assert refused(lambda: Assignment.objects.filter(pk=row.pk).update(state="locked"))
    assert refused(lambda: Mark.objects.filter(assignment=row).update(score=0))


@pytest.mark.parametrize("model", [ScoreSheet, Declaration, Recusal])
def test_rows_are_only_added(model, panel, expert, officer):
    seat = table.seat(panel, expert)
    rows = list(seat.assignments.order_by("pk"))
    answers = [declarations.Answer(a.pk, conflict=False) for a in rows]
    declarations.declare_all(seat=seat, answers=answers, by=expert)
    for row in Assignment.objects.filter(seat=seat):
        table.finished(row)
    signing.sign(panel=panel, by=expert)
    table.conflict(
        expert=seat.expert,
        application=rows[0].application,
        reason="审计发现其持有该企业股份。",
        by=officer,
    )
    name = model._meta.db_table
    column = {"reviews_scoresheet": "digest"}.get(name, "reason")
    assert model.objects.exists()
    assert refused(lambda: model.objects.update(**{column: "x"}))
    assert refused(lambda: model.objects.all().delete())
    assert refused(lambda: sql(f"UPDATE {name} SET {column} = 'x'"))
    assert refused(lambda: sql(f"DELETE FROM {name}"))


def _lay_out(seat, state: str) -> Assignment:
    """One dossier of the seat in this state, by the services alone."""
    row = seat.assignments.select_related("panel__call", "expert__user").order_by("pk").first()
    user = seat.expert.user
    if state == "to_declare":
        return row
    if state == "recused":
        return declarations.declare(
            assignment=row, conflict=True, kind="kin", reason="近亲属任职", by=user
        )
    table.declared(seat)
    row = Assignment.objects.select_related("panel__call", "expert__user").get(pk=row.pk)
    if state == "finished":
        table.finished(row)
    if state == "locked":
        for other in seat.assignments.select_related("panel__call", "expert__user"):
            table.finished(other)
        signing.sign(panel=seat.panel, by=user)
    if state == "void":
        Assignment.objects.filter(pk=row.pk).update(state="void")
    return row


@pytest.mark.parametrize("state", list(AssignmentState))
def test_the_database_knows_every_move(state, officer, firm, expert):
    panel = table.panel(officer, firm, rules={"max_single_recusals_percent": 100})
    row = _lay_out(table.seat(panel, expert), state)
    assert Assignment.objects.get(pk=row.pk).state == state
    # Without declaration, recusal or sheet behind them, these lead nowhere.
    rest_on_something = {("to_declare", "open"), ("finished", "locked"), ("locked", "void")}
    for target in AssignmentState:
        free = (
            target in MOVES[state]
            and (state, target) not in rest_on_something
            and target != "recused"
        )
        if target != state:
            with transaction.atomic():
                done = not refused(
                    lambda target=target: Assignment.objects.filter(pk=row.pk).update(state=target)
                )
                transaction.set_rollback(True)
            assert done == free, (state, target)


def test_an_assignment_begins_with_a_declaration_due(officer, firm, expert):
    panel = table.panel(officer, firm, dossiers=1)
    seat = table.seat(panel, expert)
    dossier = table.further(panel)
    for state in ("open", "finished", "locked", "void", "recused"):
        fresh = Assignment(
            seat=seat,
            panel=panel,
            expert=seat.expert,
            application=dossier,
            submission=dossier.submissions.get(),
            state=state,
        )
        assert refused(fresh.save), state
    fresh.state = "to_declare"
    assert not refused(fresh.save)


def test_marks_open_only_with_the_dossier(seat):
    row = seat.assignments.first()
    mark = Mark(assignment=row, leaf="Q1.2", updated_at=row.submission.submitted_at)
    assert refused(mark.save)
