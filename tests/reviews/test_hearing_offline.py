"""Sheets of a hearing without network, and on paper: the same doors, the sheets of the stage."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from audit.models import Event
from audit.refusals import WrongState
from reviews.models import Assignment, ScoreSheet, SheetImport, Stage
from reviews.offline.reading import SheetFaults
from reviews.selectors.offline import blocks_of, panel_blocks
from reviews.selectors.sheets import sheet_of
from reviews.services import offline, paper, scribes, signing
from tests.reviews import hearing, sheets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def seat(begun):
    """The first seat; every hearing has begun."""
    return hearing.seats(begun)[0]


@pytest.fixture
def typed_in(seat, maker, checker, supervisor) -> SheetImport:
    sheets.two_scribes(seat, maker, checker, supervisor)
    return sheets.typed_in(seat, maker, tier=1)


def states(seat) -> dict[str, set[str]]:
    return {
        stage: set(seat.assignments.filter(stage=stage).values_list("state", flat=True))
        for stage in Stage
    }


def test_the_workbook_has_the_sheets_of_the_stage_in_the_order_of_the_lot(seat):
    blocks = blocks_of(seat, with_marks=True)
    order = list(
        Assignment.objects.filter(seat=seat, stage=Stage.HEARING)
        .order_by("application__hearing__place")
        .values_list("application__number", flat=True)
    )
    assert [block.number for block in blocks] == order
    assert [block.order for block in blocks] == [1, 2, 3, 4]
    leaves = [leaf.code for leaf in sheet_of(seat.panel, Stage.HEARING).expert_leaves()]
    assert [leaf.code for leaf in blocks[0].sheet.expert_leaves()] == leaves
    assert all(block.identity.startswith("steelyard-hearing-sheet-1 / ") for block in blocks)
    assert {s.pk for s in panel_blocks(seat.panel)} == {
        s.pk for s in hearing.seats(seat.panel.call)
    }


def test_an_experts_own_workbook_becomes_marks_and_is_signed_in_the_system(seat):
    row = offline.take_own(seat=seat, upload=sheets.complete(seat), by=seat.expert.user)
    assert (row.status, row.stage, len(row.content)) == ("confirmed", Stage.HEARING, 4)
    assert states(seat) == {"paper": {"locked"}, "hearing": {"finished"}}
    assert Event.objects.get(action="sheets.upload").after["stage"] == "hearing"
    signing.sign(panel=seat.panel, stage=Stage.HEARING, by=seat.expert.user)
    assert states(seat)["hearing"] == {"locked"}


def test_sheets_of_the_other_stage_are_named_as_such(seat):
    blocks = blocks_of(seat, with_marks=False)
    data = sheets.written(blocks)

    def swap(page, rows):
        for row in range(1, page.max_row + 1):
            for cell in page[row]:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("steelyard-hearing-sheet", "steelyard-sheet")

    upload = sheets.filled(data, scores=sheets.base(blocks), change=swap)
    with pytest.raises(SheetFaults) as refused:
        offline.take_own(seat=seat, upload=upload, by=seat.expert.user)
    assert {str(fault.message) for fault in refused.value.faults} == {
        "These sheets are those of another stage of the review. Export them again."
    }


def test_paper_typed_twice_is_locked_on_the_scan(typed_in, seat, checker):
    assert typed_in.stage == Stage.HEARING
    row = paper.confirm_paper(row=typed_in, by=checker, **sheets.second_typing(typed_in))
    sheet = signing.sign(panel=seat.panel, by=checker, paper=row)
    assert (sheet.stage, sheet.paper, sheet.expert) == (Stage.HEARING, row, seat.expert)
    assert states(seat) == {"paper": {"locked"}, "hearing": {"locked"}}


def test_no_paper_before_the_last_hearing_has_begun(shortlisted, maker, checker, supervisor):
    seat = hearing.seats(shortlisted)[0]
    sheets.two_scribes(seat, maker, checker, supervisor)
    with pytest.raises(WrongState, match="begins"):
        sheets.typed_in(seat, maker)


def test_paper_of_one_stage_signs_no_sheet_of_the_other(typed_in, seat, checker):
    """The database asks for paper of the same stage."""
    row = paper.confirm_paper(row=typed_in, by=checker, **sheets.second_typing(typed_in))
    stands = ScoreSheet.objects.get(panel=seat.panel, expert=seat.expert, stage="paper")
    with pytest.raises(IntegrityError, match="no confirmed paper"), transaction.atomic():
        ScoreSheet.objects.create(
            panel=seat.panel, expert=seat.expert, stage="paper", content={}, digest="0" * 64,
            signed_by=checker, signed_at=stands.signed_at, paper=row,
        )  # fmt: skip
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        SheetImport.objects.filter(pk=row.pk).update(stage="paper")


def test_a_scribe_is_named_while_the_hearing_is_under_way(begun, officer2, supervisor):
    panel = begun.panels.get()
    made = scribes.appoint_scribe(
        panel=panel, user=officer2, reason="会场没有网络，纸质评分", by=supervisor
    )
    assert made.panel == panel


def test_the_pages_of_the_stage(typed_in, seat, maker, checker, officer, client_of):
    def page(person, name, *args, status=200):
        client = client_of(person)
        client.cookies["django_language"] = "en"
        answer = client.get(reverse(f"reviews:{name}", args=args))
        assert answer.status_code == status
        return answer.content.decode() if status == 200 else ""

    desk = page(seat.expert.user, "my_reviews")
    assert reverse("reviews:my_offline", args=[seat.pk]) in desk
    assert "hearing" in page(seat.expert.user, "my_offline", seat.pk)
    assert "waits for the second scribe" in page(maker, "scribing")
    assert "waits for the second scribe" in page(
        officer, "panel_offline", seat.panel.call.number, seat.panel.number
    )
    assert "Q1.1" in page(checker, "scribe_import", typed_in.pk)
    paper.confirm_paper(row=typed_in, by=checker, **sheets.second_typing(typed_in))
    assert "Q1.1" in page(checker, "scribe_sign", typed_in.pk)
