"""The pages of paper sheets: from appointment to lock, and nobody else sees a mark on them."""

import pytest
from django.urls import reverse

from applications.models import CallStatus
from audit import clock
from audit.refusals import WrongState
from reviews.models import Mark, ScoreSheet, SheetImport
from reviews.selectors.offline import blocks_of
from reviews.services import paper, ranking
from reviews.services.scribes import appoint_scribe
from tests.reviews import sheets, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
REASON = "县里会场没有网络，纸质评分"


def marks() -> list:
    return list(Mark.objects.order_by("pk").values_list("assignment", "leaf", "score", "comment"))


def test_the_pages_of_the_scribes_from_appointment_to_lock(
    client_of, seat, opened, officer, maker, checker, supervisor, expert
):
    call, panel = seat.panel.call, seat.panel
    office = reverse("reviews:panel_offline", args=[call.number, panel.number])
    assert office in client_of(officer).get(f"/progress/{call.number}/").content.decode()
    watcher = client_of(supervisor)
    for person in (maker, checker):
        sent = watcher.post(office, {"user": person.pk, "reason": REASON})
        assert sent["Location"] == office
    blank = client_of(maker).get(reverse("reviews:seat_sheets", args=[seat.pk]))
    base = sheets.base(blocks_of(seat, with_marks=False), tier=1)
    upload = sheets.filled(blank.content, scores=base)
    typing = reverse("reviews:scribe_seat", args=[seat.pk])
    first = client_of(maker)
    assert typing in first.get(reverse("reviews:scribing")).content.decode()
    assert first.post(typing, {"upload": upload}).status_code == 422
    upload.seek(0)
    sent = first.post(typing, {"upload": upload, "scan": sheets.scan()})
    row = SheetImport.objects.get()
    assert sent["Location"] == reverse("reviews:scribe_import", args=[row.pk])
    second, address = client_of(checker), sent["Location"]
    page = second.get(address).content.decode()
    assert page.count('-score"') == 15
    assert "4.00" not in page  # blind
    assert "inputmode" not in first.get(address).content.decode()
    wrong = second.post(address, {"d0-Q1-2-score": "4"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('class="field is-error"') == 14
    data = {
        f"d{place}-{m['leaf'].replace('.', '-')}-score": m["score"]
        for place, dossier in enumerate(row.content)
        for m in dossier["marks"]
    }
    lock = reverse("reviews:scribe_sign", args=[row.pk])
    assert second.post(address, data)["Location"] == lock
    page = second.get(lock).content.decode()
    digest = page.split('name="digest" value="')[1][:64]
    assert second.post(lock, {"digest": digest})["Location"] == address
    assert set(seat.assignments.values_list("state", flat=True)) == {"locked"}
    assert ScoreSheet.objects.get().digest == digest
    marks_page = client_of(expert).get(reverse("reviews:my_marks", args=[seat.pk])).content.decode()
    scan = reverse("reviews:scan", args=[row.pk])
    assert scan in marks_page
    assert b"".join(client_of(expert).get(scan).streaming_content).startswith(b"%PDF")


def test_what_waits_for_scribes_is_on_their_workbench(client_of, typed, maker, checker, officer):
    address = reverse("reviews:scribe_import", args=[typed.pk])
    workbench = reverse("portal:workbench")
    assert address in client_of(checker).get(workbench).content.decode()
    assert address not in client_of(maker).get(workbench).content.decode()
    assert "/scribing/" not in client_of(officer).get(workbench).content.decode()
    paper.confirm_paper(row=typed, by=checker, **sheets.second_typing(typed))
    lock = reverse("reviews:scribe_sign", args=[typed.pk])
    typing = f'href="{reverse("reviews:scribing")}"'
    page = client_of(checker).get(workbench).content.decode()
    assert (lock in page, page.count(typing)) == (True, 1)
    call = typed.seat.panel.call
    call.scoring_due_at = clock.now()
    call.save(update_fields=["scoring_due_at"])
    page = client_of(checker).get(workbench).content.decode()
    assert (lock in page, page.count(typing)) == (True, 0)  # none would be taken


JUNK = (
    "abc",
    "\x00",
    "-1",
    "9" * 5000,
    "1e400",
    "NaN",
    "٣",
    "1,2,3",
    " ",
    "<b>",
    "6.001",
    "\ud7ff",
)


@pytest.mark.parametrize("value", JUNK)
def test_whatever_is_typed_a_second_time_is_answered(client_of, typed, checker, value):
    client, names = client_of(checker), ["d0-Q1-2-score", "d2-J4-2-score", "d0-overall-agreed"]
    for name, data in (
        ("scribe_import", dict.fromkeys(names, value)),
        ("scribe_sign", {"digest": value}),
    ):
        answer = client.post(reverse(f"reviews:{name}", args=[typed.pk]), data)
        assert answer.status_code in (302, 422)
    assert marks() == []


def test_a_comment_that_nobody_ticked_is_named_in_the_summary(client_of, scribed, maker, checker):
    said = "Sound on the whole, and within the means of the firm."
    row = sheets.typed_in(
        scribed,
        maker,
        tier=1,
        comment=lambda n, leaf: said if (n, leaf) == (1, "overall") else None,
    )
    data = {
        f"d{place}-{m['leaf'].replace('.', '-')}-score": m["score"]
        for place, dossier in enumerate(row.content)
        for m in dossier["marks"]
    }
    page = client_of(checker).post(reverse("reviews:scribe_import", args=[row.pk]), data)
    assert f"{row.content[1]['application']} 总体意见" in page.content.decode()


def test_a_return_by_page(client_of, typed, checker):
    address = reverse("reviews:return_import", args=[typed.pk])
    client = client_of(checker)
    assert client.post(address, {}).status_code == 302
    typed.refresh_from_db()
    assert typed.status == "pending"
    client.post(address, {"reason": "第3页漏了一行"})
    typed.refresh_from_db()
    assert (typed.status, typed.reason) == ("returned", "第3页漏了一行")


def test_nobody_but_scribes_and_the_expert_reads_anything_of_it(
    client_of, checked, officer, supervisor, approver, region, experts, applicant, anonymous
):
    seat, pk = checked.seat, checked.pk
    other = table.expert(experts[0]).user
    pages = [
        ("scribing", []), ("scribe_seat", [seat.pk]), ("scribe_import", [pk]),
        ("scribe_sign", [pk]), ("scan", [pk]),
    ]  # fmt: skip
    for person in (officer, supervisor, approver, region, other, applicant):
        client = client_of(person)
        for name, args in pages:
            assert client.get(reverse(f"reviews:{name}", args=args)).status_code == 404, name
        assert client.post(reverse("reviews:return_import", args=[pk])).status_code == 404
    assert client_of(supervisor).get(reverse("reviews:scan", args=[pk])).status_code == 404
    seat.panel.call.status = CallStatus.SCORED
    type(seat.panel.call).objects.filter(pk=seat.panel.call_id).update(status="scored")
    assert client_of(supervisor).get(reverse("reviews:scan", args=[pk])).status_code == 200
    assert client_of(officer).get(reverse("reviews:scan", args=[pk])).status_code == 404


def test_blank_sheets_never_show_a_mark(client_of, seat, opened, officer, supervisor):
    address = reverse("reviews:panel_sheets", args=[seat.panel.call.number, seat.panel.number])
    one = reverse("reviews:seat_sheets", args=[seat.pk])
    office = reverse("reviews:panel_offline", args=[seat.panel.call.number, seat.panel.number])
    client = client_of(officer)
    before = [client.get(address).content, client.get(one).content]
    for row in opened:
        table.finished(row, tier=1)
    assert [client.get(address).content, client.get(one).content] == before
    assert before[0] == before[1]  # one expert: the same workbook
    assert client.get(office).status_code == 200
    watcher = client_of(supervisor)
    assert watcher.get(office).status_code == 200
    assert watcher.get(address).status_code == 403
    assert watcher.get(one).status_code == 404


def test_no_sheets_before_the_declarations_and_the_page_says_so(client_of, seat, officer):
    address = reverse("reviews:panel_sheets", args=[seat.panel.call.number, seat.panel.number])
    answer = client_of(officer).get(address)
    assert answer.status_code == 409


def test_no_appointment_after_the_review(client_of, scored, officer, supervisor):
    panel = scored.panels.get()
    ranking.close_scoring(call=scored, by=officer)
    office = reverse("reviews:panel_offline", args=[scored.number, panel.number])
    client = client_of(supervisor)
    assert client.get(office).status_code == 200
    assert client.post(office, {"user": officer.pk, "reason": REASON}).status_code == 404
    with pytest.raises(WrongState, match="not under way"):
        appoint_scribe(panel=panel, user=officer, reason=REASON, by=supervisor)
