"""The minutes of a hearing are corrected by two people; what was kept first stays."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from notifications.models import Message
from reviews import witnessing
from reviews.models import HearingMinutes, MinutesCorrection
from reviews.selectors.hearing import entry_of, standing_version
from reviews.services import minutes_corrections as acts
from reviews.services import scribes
from tests.reviews import hearing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TEXT = "企业陈述后回答提问，专家追问的是流动资金来源。"
REASON = "记录人听错一处，经核对录音更正"


@pytest.fixture
def minutes(begun) -> HearingMinutes:
    rows = HearingMinutes.objects.select_related("entry__shortlist", "entry__application")
    return rows.order_by("pk")[0]


def proposed(minutes, by, **more) -> MinutesCorrection:
    given = {"number": "答辩纪要〔2026〕1号之二", "text": TEXT, "reason": REASON} | more
    return acts.propose_correction(minutes=minutes, by=by, **given)


def test_a_correction_counts_once_another_officer_has_confirmed_it(minutes, officer, officer2):
    made = proposed(minutes, officer)
    assert (made.version, made.accepted, standing_version(minutes)) == (2, None, minutes)
    assert set(
        Message.objects.filter(kind="minutes.to_confirm").values_list("recipient", flat=True)
    ) == {officer2.pk}
    with pytest.raises(NotPermitted, match="another programme officer"):
        acts.decide_correction(correction=made, accept=True, by=officer)
    acts.decide_correction(correction=made, accept=True, by=officer2)
    assert standing_version(minutes) == made
    assert entry_of(minutes.entry.application).minutes_number == made.number
    kept = HearingMinutes.objects.get(pk=minutes.pk)
    assert (kept.text, kept.number) == (hearing.TEXT, minutes.number)
    event = Event.objects.get(action="minutes.correct")
    assert event.before == {"number": minutes.number, "text": hearing.TEXT}
    assert (event.reason, event.after["text"]) == (REASON, TEXT)
    assert Event.objects.get(action="minutes.confirm").after == {"accepted": True}
    assert list(witnessing.shortlists()) == []


def test_a_refused_one_changes_nothing_and_another_may_follow(minutes, officer, officer2):
    first = proposed(minutes, officer)
    acts.decide_correction(correction=first, accept=False, by=officer2)
    assert standing_version(minutes) == minutes
    with pytest.raises(WrongState, match="decided already"):
        acts.decide_correction(correction=first, accept=True, by=officer2)
    second = proposed(minutes, officer2)
    acts.decide_correction(correction=second, accept=True, by=officer)
    assert (second.version, standing_version(minutes)) == (3, second)


def test_what_is_refused(minutes, officer, officer2, approver):
    with pytest.raises(NotPermitted):
        proposed(minutes, approver)
    with pytest.raises(Invalid, match="reason"):
        proposed(minutes, officer, reason="更正")
    with pytest.raises(Invalid, match="ten characters"):
        proposed(minutes, officer, text="短")
    with pytest.raises(Invalid, match="say already"):
        proposed(minutes, officer, number=minutes.number, text=minutes.text)
    proposed(minutes, officer)
    with pytest.raises(WrongState, match="waits already"):
        proposed(minutes, officer2)
    type(minutes.entry.shortlist.call).objects.filter(pk=minutes.entry.shortlist.call_id).update(
        status="decided"
    )
    with pytest.raises(WrongState, match="funding list is decided"):
        acts.decide_correction(correction=minutes.corrections.get(), accept=True, by=officer2)


def test_the_database_lets_nobody_confirm_alone_or_alter_it(minutes, officer, officer2):
    made = proposed(minutes, officer)
    mine = MinutesCorrection.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        mine.update(accepted=True, decided_by=officer, decided_at=made.proposed_at)
    acts.decide_correction(correction=made, accept=False, by=officer2)
    for change in (
        lambda: mine.update(text="另一份纪要的内容"),
        lambda: mine.update(accepted=True),
        lambda: mine._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()


def test_the_page_shows_every_version_and_who_may_decide(minutes, officer, officer2, client_of):
    call = minutes.entry.shortlist.call
    args = [call.number, minutes.entry.application_id]
    first, second = client_of(officer), client_of(officer2)
    for client in (first, second):
        client.cookies["django_language"] = "en"
    page, correct, decide = (
        reverse(f"reviews:{name}", args=args)
        for name in ("hearing_minutes", "correct_minutes", "decide_correction")
    )
    assert "Hand in the correction" in first.get(page).content.decode()
    assert first.post(correct, {"number": "1", "text": "", "reason": ""}).status_code == 422
    data = {"number": "M-2", "text": TEXT, "reason": REASON}
    assert first.post(correct, data).status_code == 302
    assert "Confirm the correction" not in first.get(page).content.decode()
    assert page in second.get(reverse("portal:workbench")).content.decode()
    assert "Another programme officer confirms it" in first.get(page).content.decode()
    shown = second.get(page).content.decode()
    assert "Confirm the correction" in shown and TEXT in shown and hearing.TEXT in shown
    row = minutes.corrections.get()
    assert second.post(decide, {"correction": "0", "verdict": "confirm"}).status_code == 404
    answer = second.post(decide, {"correction": row.pk, "verdict": "confirm"})
    assert answer.status_code == 302
    shown = second.get(page).content.decode()
    assert "corrected since" in shown and "version 2" in shown and hearing.TEXT in shown
    listed = second.get(reverse("reviews:hearing", args=[call.number])).content.decode()
    assert "M-2" in listed


def test_a_scribe_of_the_call_is_not_asked_to_confirm(
    minutes, officer, officer2, supervisor, client_of
):
    call = minutes.entry.shortlist.call
    panel = call.panels.get()
    scribes.appoint_scribe(
        panel=panel, user=officer2, reason="现场网络中断，改用纸质评分表", by=supervisor
    )
    made = proposed(minutes, officer)
    client = client_of(officer2)
    client.cookies["django_language"] = "en"
    page = reverse("reviews:hearing_minutes", args=[call.number, minutes.entry.application_id])
    shown = client.get(page).content.decode()
    assert TEXT in shown and "You are a scribe in this call" in shown
    assert "Confirm the correction" not in shown
    assert page not in client.get(reverse("portal:workbench")).content.decode()
    with pytest.raises(NotPermitted, match="scribe"):
        acts.decide_correction(correction=made, accept=True, by=officer2)
    for name in ("hearing", "progress", "call_panels"):
        shown = client.get(reverse(f"reviews:{name}", args=[call.number])).content.decode()
        assert "You are a scribe in this call" in shown
        assert "<form" not in shown.partition("<main")[2].partition("</main")[0]
