"""Sheets marked on paper: two scribes, typed twice, locked on the scan; nobody else sees a mark."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from accounts.roles import Role
from accounts.rules import forget
from accounts.services import roles
from audit import clock
from audit.models import Event
from audit.refusals import Conflict, Invalid, NotPermitted, NotVisible, WrongState
from notifications.models import Message
from reviews.models import Assignment, Mark, SheetImport
from reviews.offline.reading import SheetFaults
from reviews.selectors.offline import blocks_of
from reviews.services import offline, opening, paper, ranking, scoring, signing
from reviews.services.scribes import appoint_scribe
from tests import racing
from tests.reviews import sheets, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REASON = "县里会场没有网络，纸质评分"


def marks() -> list:
    return list(Mark.objects.order_by("pk").values_list("assignment", "leaf", "score", "comment"))


# --- Who -----------------------------------------------------------------------------------------


def test_a_supervisor_names_scribes_on_record(panel, officer, maker, supervisor):
    scribe = appoint_scribe(panel=panel, user=maker, reason=REASON, by=supervisor)
    event = Event.objects.get(action="scribe.appoint")
    assert (event.actor_id, event.role, event.reason) == (supervisor.pk, "supervisor", REASON)
    assert event.after == {"user": maker.pk, "name": maker.name, "panel": 1}
    assert Message.objects.get(kind="scribe.appointed").recipient == maker
    assert scribe.appointed_by == supervisor
    for user, words in ((maker, "already"), (officer, "one must be left"), (supervisor, "Name a")):
        with pytest.raises(Invalid, match=words):
            appoint_scribe(panel=panel, user=user, reason=REASON, by=supervisor)
    with pytest.raises(Invalid, match="ten characters"):
        appoint_scribe(panel=panel, user=officer, reason="纸质", by=supervisor)
    for person in (officer, maker):
        with pytest.raises(NotPermitted):
            appoint_scribe(panel=panel, user=person, reason=REASON, by=person)


def test_experts_and_outsiders_are_no_scribes(panel, expert, approver, finance, region, supervisor):
    for person in (expert, approver, finance, region):
        with pytest.raises(Invalid, match="programme officer or the lead"):
            appoint_scribe(panel=panel, user=person, reason=REASON, by=supervisor)


def test_a_scribe_acts_for_the_office_no_more_in_that_call(scribed, maker, officer):
    call, later = scribed.panel.call, clock.now() + timedelta(days=30)
    acts = (
        lambda: opening.extend_scoring(
            call=call, due_at=later, reason="系统故障，延长评分时间", by=maker
        ),
        lambda: ranking.close_scoring(call=call, by=maker),
        lambda: ranking.compute_ranking(call=call, by=maker),
    )
    for act in acts:
        with pytest.raises(NotPermitted, match="scribe in this call"):
            act()
    assert opening.extend_scoring(
        call=call, due_at=later, reason="系统故障，延长评分时间", by=officer
    )


def test_nobody_but_a_scribe_of_the_panel_types_in(
    seat, opened, officer, maker, supervisor, expert, region
):
    appoint_scribe(panel=seat.panel, user=maker, reason=REASON, by=supervisor)
    for person in (officer, supervisor, expert, region):
        with pytest.raises(NotVisible):
            sheets.typed_in(seat, person)
    assert sheets.typed_in(seat, maker).status == "pending"


def test_a_scribe_whose_role_has_ended_types_in_no_more(scribed, maker, house):
    for grant in maker.grants.filter(revoked_at=None):
        roles.revoke_grant(grant=grant, reason="调离", by=house.secadmin)
    forget(maker)
    with pytest.raises(NotVisible):
        sheets.typed_in(scribed, maker)


# --- The whole way -------------------------------------------------------------------------------


def test_paper_typed_twice_becomes_marks_and_is_locked_on_the_scan(
    typed, checker, maker, expert, officer
):
    assert marks() == []
    told = Message.objects.get(kind="sheets.to_check")
    assert (told.recipient, typed.kind, typed.status) == (checker, "paper", "pending")
    row = paper.confirm_paper(row=typed, by=checker, **sheets.second_typing(typed))
    assert (row.status, row.checker, row.maker) == ("confirmed", checker, maker)
    assert len(marks()) == 15
    seat = row.seat
    assert {a.state for a in seat.assignments.all()} == {"finished"}
    assert set(seat.assignments.values_list("overall_comment", flat=True)) == {"总体可行"}
    sheet = signing.sign(panel=seat.panel, by=checker, paper=row)
    assert (sheet.paper, sheet.expert, sheet.signed_by) == (row, seat.expert, checker)
    assert {a.state for a in seat.assignments.all()} == {"locked"}
    event = Event.objects.get(action="score.sign")
    assert event.after["scan_digest"] == row.scan_digest
    assert event.role == "secretary_lead"
    assert Message.objects.get(kind="sheets.locked").recipient == expert
    acts = Event.objects.filter(action__regex="^(sheets|score)").order_by("pk")
    assert [e.action for e in acts] == [
        "sheets.type_in", *["score.finish"] * 3, "sheets.confirm", "score.sign"
    ]  # fmt: skip


def test_no_event_tells_a_mark(checked, checker):
    signing.sign(panel=checked.seat.panel, by=checker, paper=checked)
    told = [str(e.after) for e in Event.objects.filter(object_type="reviews.sheetimport")]
    assert told
    assert not any("4.00" in text or "Q1.2" in text for text in told)


def test_the_maker_never_checks(typed, maker):
    with pytest.raises(NotPermitted, match="another scribe"):
        paper.confirm_paper(row=typed, by=maker, **sheets.second_typing(typed))


def test_only_equal_entries_become_marks_and_the_cells_that_differ_are_named(typed, checker):
    right = sheets.second_typing(typed)
    number = typed.content[0]["application"]
    cases = {
        frozenset({(number, "Q1.2")}): {"scores": right["scores"] | {(number, "Q1.2"): Decimal(6)}},
        frozenset({(number, "Q3.1")}): {"scores": right["scores"] | {(number, "Q3.1"): None}},
        frozenset({(number, "overall")}): {"agreed": right["agreed"] - {(number, "overall")}},
        frozenset(right["scores"]): {"scores": {}},
    }
    for cells, wrong in cases.items():
        with pytest.raises(paper.Differs) as refused:
            paper.confirm_paper(row=typed, by=checker, **(right | wrong))
        assert refused.value.cells == cells
    assert marks() == []
    typed.refresh_from_db()
    assert typed.status == "pending"


def test_a_comment_that_was_typed_in_is_read_by_the_second_too(scribed, maker, checker):
    text = "与图谱缺口的对应关系已经核实，材料齐备，可以认定。"
    row = sheets.typed_in(
        scribed, maker, comment=lambda n, leaf: text if (n, leaf) == (0, "Q1.2") else None
    )
    right = sheets.second_typing(row)
    cell = (row.content[0]["application"], "Q1.2")
    with pytest.raises(paper.Differs) as refused:
        paper.confirm_paper(
            row=row, scores=right["scores"], agreed=right["agreed"] - {cell}, by=checker
        )
    assert refused.value.cells == {cell}


def test_sheets_are_returned_or_taken_back_and_typed_in_anew(typed, scribed, checker, maker):
    with pytest.raises(Invalid):
        paper.return_paper(row=typed, reason=" ", by=checker)
    with pytest.raises(WrongState, match="wait already"):
        sheets.typed_in(scribed, checker)
    returned = paper.return_paper(row=typed, reason="第2页看错一行", by=checker)
    assert (returned.status, returned.checker) == ("returned", checker)
    assert Message.objects.get(kind="sheets.returned").recipient == maker
    with pytest.raises(WrongState):
        paper.confirm_paper(row=typed, by=checker, **sheets.second_typing(typed))
    again = sheets.typed_in(scribed, maker)
    back = paper.return_paper(row=again, reason="自己看错", by=maker)
    assert (back.status, back.checker) == ("withdrawn", None)
    assert marks() == []


def test_paper_must_be_whole_and_its_scan_a_document(scribed, maker):
    blocks = blocks_of(scribed, with_marks=False)
    half = sheets.filled(sheets.exported(scribed), scores=lambda n, leaf: None)
    with pytest.raises(SheetFaults) as refused:
        paper.file_paper(seat=scribed, upload=half, scan=sheets.scan(), by=maker)
    assert len(refused.value.faults) == len(blocks) * 5
    for scan in (
        ContentFile(b"x", "s.pdf"),
        ContentFile(b"x", "s.docx"),
        ContentFile(b"", "a.png"),
    ):
        with pytest.raises(Invalid) as wrong:
            paper.file_paper(seat=scribed, upload=sheets.complete(scribed), scan=scan, by=maker)
        assert wrong.value.field == "scan"
    assert not SheetImport.objects.exists()


def test_marks_made_in_the_system_are_never_typed_over(scribed, opened, maker, checker, expert):
    upload = sheets.complete(scribed)
    mark = {"leaf": "Q1.2", "tier": 1, "score": Decimal(4), "comment": "", "by": expert}
    row = paper.file_paper(seat=scribed, upload=upload, scan=sheets.scan(), by=maker)
    scoring.save_mark(assignment=opened[1], version=0, **mark)
    with pytest.raises(WrongState, match="marked in the system meanwhile"):
        paper.confirm_paper(row=row, by=checker, **sheets.second_typing(row))
    row.refresh_from_db()
    assert row.status == "pending"
    paper.return_paper(row=row, reason="专家已在线评分", by=checker)
    upload.seek(0)
    with pytest.raises(SheetFaults) as refused:
        paper.file_paper(seat=scribed, upload=upload, scan=sheets.scan(), by=maker)
    assert [opened[1].application.number in str(f.message) for f in refused.value.faults] == [True]


def test_an_expert_brings_no_workbook_while_their_paper_is_typed_in(typed, scribed, expert):
    with pytest.raises(WrongState, match="being typed in"):
        offline.take_own(seat=scribed, upload=sheets.complete(scribed), by=expert)


def test_only_what_stands_on_the_paper_is_locked_by_it(checked, opened, checker, maker, expert):
    with pytest.raises(Conflict):
        signing.sign(panel=checked.seat.panel, by=checker, paper=checked, digest="-")
    for person in (maker, expert):
        with pytest.raises(NotVisible):
            signing.sign(panel=checked.seat.panel, by=person, paper=checked)
    mark = Mark.objects.get(assignment=opened[0], leaf="Q1.2")
    scoring.save_marks(
        assignment=opened[0],
        entries=[scoring.Entry("Q1.2", 0, Decimal(6), "", mark.version)],
        finish=True,
        by=expert,
    )
    with pytest.raises(WrongState, match="no longer those of the paper"):
        signing.sign(panel=checked.seat.panel, by=checker, paper=checked)
    assert signing.sign(panel=checked.seat.panel, by=expert).paper is None


def test_paper_does_not_open_the_door_to_other_sheets(
    checked, typed, checker, maker, officer, firm, experts
):
    other = table.seat(checked.seat.panel, experts[0])
    row = table.declared(other)[0]
    typed_elsewhere = [scoring.Typed(row.pk, table.entries(row))]
    for by, with_paper in ((checker, checked), (checker, None), (maker, checked)):
        with pytest.raises(NotVisible):
            scoring.save_sheets(typed=typed_elsewhere, paper=with_paper, by=by)
    own = checked.seat.assignments.first()
    with pytest.raises(NotVisible):
        scoring.save_sheets(typed=[scoring.Typed(own.pk, [])], paper=checked, by=maker)


def test_nothing_is_typed_in_after_the_time(scribed, maker):
    call = scribed.panel.call
    call.scoring_due_at = clock.now() - timedelta(seconds=1)
    call.save(update_fields=["scoring_due_at"])
    with pytest.raises(Conflict.__mro__[1], match="time for scoring has passed"):
        sheets.typed_in(scribed, maker)


# --- Two at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_make_marks_once(typed, checker):
    right = sheets.second_typing(typed)
    results = racing.race([lambda: paper.confirm_paper(row=typed, by=checker, **right)] * 3)
    assert sum(isinstance(r, SheetImport) for r in results) == 1
    assert Mark.objects.filter(version=1).count() == Mark.objects.count() == 15
    assert Assignment.objects.filter(state="finished").count() == 3
    assert Role.SECRETARY_LEAD in {Role(r) for r in Event.objects.filter(
        action="score.finish").values_list("role", flat=True)}  # fmt: skip
