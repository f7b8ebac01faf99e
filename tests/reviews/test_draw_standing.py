"""What was drawn stands: voided only with a reason, altered by nobody unnoticed."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.refusals import Invalid, NotPermitted, WrongState
from notifications.models import Message
from reviews.models import Assignment, Draw
from reviews.services import draws, panels, voiding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_draw_is_voided_by_a_supervisor_with_a_reason_and_made_again(draw, officer, supervisor):
    with pytest.raises(NotPermitted):
        voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=officer)
    with pytest.raises(Invalid):
        voiding.void_draw(draw=draw, reason="有误", by=supervisor)
    voided = voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=supervisor)
    assert (voided.status, voided.voided_by, voided.void_reason) == (
        "void",
        supervisor,
        "一位专家的类别登记有误",
    )
    assert {s.state for s in draw.seats.all()} == {"replaced"}
    assert {a.state for a in Assignment.objects.all()} == {"void"}
    assert Message.objects.filter(kind="seat.released").count() == 5
    assert draws.reproduce(voided) == []
    with pytest.raises(Invalid) as refused:
        draws.prepare_draw(call=draw.call, by=officer)
    assert refused.value.field == "reason"
    with pytest.raises(WrongState, match="voided"):
        panels.form_panels(call=draw.call, by=officer)
    again = draws.prepare_draw(call=draw.call, reason="专家类别更正后重新抽取", by=officer)
    assert again.number == f"{draw.call.number}-D2"


def test_no_draw_is_voided_once_the_review_has_opened(reviewed, supervisor):
    with pytest.raises(WrongState, match="the draw stands"):
        voiding.void_draw(draw=reviewed.draws.get(), reason="一位专家的类别登记有误", by=supervisor)


@pytest.mark.parametrize(
    "change",
    [
        "seed = repeat('0', 64)",
        "result = '[]'::jsonb",
        "input = jsonb_set(input, '{call}', '\"2099-9\"')",
        "operator_secret = repeat('1', 64)",
        "supervisor_commitment = repeat('1', 64)",
        "reason = 'anders'",
    ],
)
def test_no_path_changes_what_was_drawn(draw, change):
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE reviews_draw SET {change} WHERE id = %s", [draw.pk])


def test_the_operator_cannot_be_the_one_who_voids_whatever_writes(draw):
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.filter(pk=draw.pk).update(
            status="void", voided_at=draw.drawn_at, voided_by=draw.operator, void_reason="x" * 12
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", "0" * 64), ("input_hash", "1" * 64), ("operator_secret", "2" * 64)],
)
def test_reproduction_names_what_was_altered(draw, field, value):
    setattr(draw, field, value)
    assert len(draws.reproduce(draw)) >= 1


def test_reproduction_finds_another_expert_in_the_result(draw):
    seated = {row["expert"] for row in draw.result}
    other = next(e["id"] for e in draw.input["experts"] if e["id"] not in seated)
    draw.result = [{**draw.result[0], "expert": other}, *draw.result[1:]]
    assert draws.reproduce(draw) != []
