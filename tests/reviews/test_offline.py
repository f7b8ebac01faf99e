"""An expert's own sheets without network: taken away, brought back, settled, signed online."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotVisible, TooLate, WrongState
from reviews.models import Assignment, Mark, SheetImport
from reviews.offline.reading import SheetFaults
from reviews.selectors.offline import blocks_of
from reviews.services import declarations, offline, scoring, signing
from reviews.services.marking import Entry, MarksConflict, Overall
from tests.reviews import sheets, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def marks_of(seat) -> dict[tuple[int, str], str]:
    rows = Mark.objects.filter(assignment__seat=seat)
    return {(m.assignment_id, m.leaf): f"{m.score:.2f}" for m in rows}


def test_a_filled_workbook_becomes_marks_and_is_signed_in_the_system(seat, opened, expert):
    row = offline.take_own(seat=seat, upload=sheets.complete(seat), by=expert)
    assert (row.status, row.kind, row.checker, len(row.content)) == ("confirmed", "own", None, 3)
    assert {a.state for a in seat.assignments.all()} == {"finished"}
    assert len(marks_of(seat)) == 3 * 5
    assert row.file.read() and row.name == "sheets.xlsx"
    event = Event.objects.get(action="sheets.upload")
    assert event.after == {
        "kind": "own", "digest": row.digest, "content_digest": row.content_digest,
        "scan_digest": "", "dossiers": 3,
    }  # fmt: skip
    assert Event.objects.filter(action="score.finish", role="expert").count() == 3
    sheet = signing.sign(panel=seat.panel, by=expert)
    assert sheet.paper is None


def test_an_evening_without_network_takes_up_where_the_system_stands(seat, opened, expert):
    table.finished(opened[0])
    scoring.save_mark(
        assignment=opened[1],
        leaf="Q1.2",
        tier=0,
        score=Decimal(6),
        comment="",
        version=0,
        by=expert,
    )
    data = sheets.exported(seat, with_marks=True)
    assert (
        sheets.opened(data)[1].cell(sheets.rows_of(sheets.opened(data)[1])[1, "Q1.2"], 5).value == 6
    )
    base = sheets.base(blocks_of(seat, with_marks=False))
    upload = sheets.filled(data, scores=lambda n, leaf: base(n, leaf) if n == 2 else None)
    row = offline.take_own(seat=seat, upload=upload, by=expert)
    assert [d["application"] for d in row.content] == [opened[2].application.number]
    states = seat.assignments.order_by("application__place__order").values_list("state", flat=True)
    assert list(states) == ["finished", "open", "finished"]


def test_faults_write_nothing(seat, opened, expert):
    upload = sheets.complete(seat, change=lambda page, rows: page.cell(
        rows[2, "Q1.2"], 5
    ).__setattr__("value", 7))  # fmt: skip
    with pytest.raises(SheetFaults):
        offline.take_own(seat=seat, upload=upload, by=expert)
    assert (Mark.objects.count(), SheetImport.objects.count()) == (0, 0)
    assert not Event.objects.filter(action__startswith="sheets.").exists()


def test_what_both_changed_is_settled_by_the_expert(seat, opened, expert):
    data = sheets.exported(seat, with_marks=True)
    base = sheets.base(blocks_of(seat, with_marks=False), tier=0)
    for leaf, tier in (("Q1.2", 1), ("Q3.1", 0)):
        score = blocks_of(seat, with_marks=False)[0].sheet.leaf(leaf).tiers[tier].base
        scoring.save_mark(
            assignment=opened[0],
            leaf=leaf,
            tier=tier,
            score=score,
            comment="",
            version=0,
            by=expert,
        )
    row = offline.take_own(seat=seat, upload=sheets.filled(data, scores=base), by=expert)
    assert row.status == "pending"
    assert len(marks_of(seat)) == 2  # nothing of the workbook yet
    cell = (opened[0].pk, "Q1.2")
    assert scoring.stale_of(offline.typed_of(row)) == {
        opened[0].pk: ("Q1.2",)
    }  # Q3.1 says the same
    with pytest.raises(MarksConflict):
        offline.settle_own(row=row, mine={cell}, versions={}, by=expert)
    settled = offline.settle_own(row=row, mine=set(), versions={cell: 1}, by=expert)
    assert settled.status == "confirmed"
    assert marks_of(seat)[cell] == "4.00"
    assert len(marks_of(seat)) == 15
    with pytest.raises(WrongState, match="settled already"):
        offline.settle_own(row=row, mine={cell}, versions={cell: 1}, by=expert)


def test_the_workbook_wins_where_the_expert_says_so_and_not_over_a_third_change(
    seat, opened, expert
):
    data = sheets.exported(seat, with_marks=True)
    base = sheets.base(blocks_of(seat, with_marks=False))
    save = {"assignment": opened[0], "leaf": "Q1.2", "comment": "", "by": expert}
    scoring.save_mark(tier=1, score=Decimal(4), version=0, **save)
    row = offline.take_own(seat=seat, upload=sheets.filled(data, scores=base), by=expert)
    cell = (opened[0].pk, "Q1.2")
    scoring.save_mark(tier=2, score=Decimal(2), version=1, **save)
    with pytest.raises(MarksConflict):
        offline.settle_own(row=row, mine={cell}, versions={cell: 1}, by=expert)
    offline.settle_own(row=row, mine={cell}, versions={cell: 2}, by=expert)
    assert marks_of(seat)[cell] == "6.00"


def test_an_overall_comment_left_empty_takes_nothing_away(seat, opened, expert):
    upload = sheets.complete(seat)
    scoring.save_marks(assignment=opened[0], entries=[], overall=Overall("线上总评", 0), by=expert)
    row = offline.take_own(seat=seat, upload=upload, by=expert)
    opened[0].refresh_from_db()
    assert (row.status, opened[0].overall_comment) == ("confirmed", "线上总评")


def test_a_new_upload_sets_an_unsettled_one_aside(seat, opened, expert):
    data = sheets.exported(seat)
    base = sheets.base(blocks_of(seat, with_marks=False))
    scoring.save_mark(
        assignment=opened[0],
        leaf="Q1.2",
        tier=1,
        score=Decimal(4),
        comment="",
        version=0,
        by=expert,
    )
    first = offline.take_own(seat=seat, upload=sheets.filled(data, scores=base), by=expert)
    fresh = sheets.filled(sheets.exported(seat, with_marks=True), scores=base)
    second = offline.take_own(seat=seat, upload=fresh, by=expert)
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "confirmed")


def test_a_dossier_left_meanwhile_is_refused_and_the_others_can_be_brought_back(
    seat, opened, expert
):
    upload = sheets.complete(seat)
    Assignment.objects.filter(pk=opened[0].pk).update(state="void")
    with pytest.raises(SheetFaults) as refused:
        offline.take_own(seat=seat, upload=upload, by=expert)
    assert "takes no marks from this expert" in str(refused.value.faults[0].message)


def test_nobody_uploads_for_another(seat, opened, expert, experts, officer):
    table.expert(experts[0])
    upload = sheets.complete(seat)
    for person in (experts[0], officer):
        with pytest.raises(NotVisible):
            offline.take_own(seat=seat, upload=upload, by=person)


def test_what_may_not_be_scored_is_not_taken(panel, seat, opened, expert):
    upload = sheets.complete(seat)
    panel.call.scoring_due_at = clock.now() - timedelta(seconds=1)
    panel.call.save(update_fields=["scoring_due_at"])
    with pytest.raises(TooLate):
        offline.take_own(seat=seat, upload=upload, by=expert)
    assert not SheetImport.objects.exists()


def test_sheets_come_after_the_declaration(seat, expert):
    with pytest.raises(WrongState, match="3 dossiers wait for the declaration"):
        blocks_of(seat, with_marks=True)
    row = seat.assignments.first()
    declarations.declare(assignment=row, conflict=False, by=expert)
    with pytest.raises(WrongState, match="2 dossiers wait"):
        blocks_of(seat, with_marks=True)


def test_signed_sheets_are_taken_away_no_more(seat, expert):
    upload_before = None
    for row in table.declared(seat):
        upload_before = upload_before or sheets.complete(seat)
        table.finished(row)
    signing.sign(panel=seat.panel, by=expert)
    with pytest.raises(WrongState, match="it is signed"):
        offline.take_own(seat=seat, upload=upload_before, by=expert)


@pytest.mark.parametrize("dossiers", [1, 6])
def test_an_upload_asks_the_same_for_any_number(
    officer, firm, expert, dossiers, django_assert_num_queries
):
    seat = table.seat(table.panel(officer, firm, dossiers=dossiers), expert)
    table.declared(seat)
    upload = sheets.complete(seat)
    with django_assert_num_queries(14):
        offline.take_own(seat=seat, upload=upload, by=expert)


# --- Pages ---------------------------------------------------------------------------------------


def test_the_page_leads_through_it(client_of, seat, opened, expert):
    client = client_of(expert)
    assert (
        reverse("reviews:my_offline", args=[seat.pk]) in client.get("/my-reviews/").content.decode()
    )
    page = client.get(reverse("reviews:my_offline", args=[seat.pk]))
    assert page.status_code == 200
    answer = client.get(reverse("reviews:my_sheets", args=[seat.pk]))
    assert answer["Content-Type"] == XLSX
    assert answer["Cache-Control"] == "private, no-store"
    assert 'filename="sheets-' in answer["Content-Disposition"]
    base = sheets.base(blocks_of(seat, with_marks=False))
    upload = sheets.filled(answer.content, scores=base)
    sent = client.post(reverse("reviews:my_offline", args=[seat.pk]), {"upload": upload})
    assert sent["Location"] == reverse("reviews:my_marks", args=[seat.pk])
    assert len(marks_of(seat)) == 15


def test_the_page_lists_every_fault_and_what_else_is_wrong(client_of, seat, opened, expert):
    client, address = client_of(expert), reverse("reviews:my_offline", args=[seat.pk])

    def spoil(page, rows):
        page.cell(rows[0, "Q1.2"], 5).value = "=1"
        page.cell(rows[1, "Q3.1"], 5).value = -1

    faulty = client.post(address, {"upload": sheets.complete(seat, change=spoil)})
    text = faulty.content.decode()
    assert faulty.status_code == 422
    assert text.count("<tr><td") == 2
    assert all(word in text for word in ("E5", "公式" if "公式" in text else "formula"))
    for data in (
        {},
        {"upload": ContentFile(b"", "s.xlsx")},
        {"upload": ContentFile(b"x", "s.pdf")},
    ):
        assert client.post(address, data).status_code == 422


def test_the_conflict_page_shows_both_and_saves_the_choice(client_of, seat, opened, expert):
    data = sheets.exported(seat, with_marks=True)
    base = sheets.base(blocks_of(seat, with_marks=False))
    scoring.save_marks(
        assignment=opened[0],
        entries=[Entry("Q1.2", 1, Decimal(4), "", 0)],
        overall=scoring.Overall("线上总评", 0),
        by=expert,
    )
    client = client_of(expert)
    upload = sheets.filled(
        data, scores=base, comment=lambda n, leaf: "离线总评" if leaf == "overall" else None
    )
    sent = client.post(reverse("reviews:my_offline", args=[seat.pk]), {"upload": upload})
    row = SheetImport.objects.get(status="pending")
    address = reverse("reviews:my_import", args=[row.pk])
    assert sent["Location"] == address
    page = client.get(address).content.decode()
    assert all(word in page for word in ("线上总评", "离线总评", "4.00", "6.00"))
    pk = opened[0].pk
    stale = client.post(address, {f"{pk}-Q1.2-choice": "mine"})
    assert stale.status_code == 409
    chosen = {
        f"{pk}-Q1.2-choice": "mine", f"{pk}-Q1.2-version": "1",
        f"{pk}-overall-choice": "theirs", f"{pk}-overall-version": "1",
    }  # fmt: skip
    done = client.post(address, chosen)
    assert done["Location"] == reverse("reviews:my_marks", args=[seat.pk])
    assert marks_of(seat)[pk, "Q1.2"] == "6.00"
    opened[0].refresh_from_db()
    assert (opened[0].overall_comment, opened[0].state) == ("线上总评", "finished")
    assert client.get(address)["Location"] == reverse("reviews:my_offline", args=[seat.pk])


def test_the_pages_are_the_experts_alone(
    client_of, seat, opened, expert, experts, officer, supervisor
):
    other = table.expert(experts[0]).user
    data = sheets.exported(seat)
    scoring.save_mark(
        assignment=opened[0],
        leaf="Q1.2",
        tier=1,
        score=Decimal(4),
        comment="",
        version=0,
        by=expert,
    )
    base = sheets.base(blocks_of(seat, with_marks=False))
    row = offline.take_own(seat=seat, upload=sheets.filled(data, scores=base), by=expert)
    assert row.status == "pending"
    for person in (other, officer, supervisor):
        client = client_of(person)
        for name, pk in (("my_offline", seat.pk), ("my_sheets", seat.pk), ("my_import", row.pk)):
            assert client.get(reverse(f"reviews:{name}", args=[pk])).status_code == 404
        for name, pk in (("scribe_import", row.pk), ("scan", row.pk), ("scribe_sign", row.pk)):
            assert client.get(reverse(f"reviews:{name}", args=[pk])).status_code == 404


def test_a_file_too_large_is_refused(seat, opened, expert):
    big = ContentFile(b"x" * (2 * 1024 * 1024 + 1), "s.xlsx")
    with pytest.raises(Invalid, match="larger than 2 MB"):
        offline.take_own(seat=seat, upload=big, by=expert)
