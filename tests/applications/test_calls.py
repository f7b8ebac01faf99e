"""Setting up a call: two people, a fair-competition review, the year's limit, and the freeze."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications import opening
from applications.models import Call, CallStatus
from applications.services import call_steps, calls, discarding
from applications.services.call_rows import CallInvalid
from audit import clock
from audit.digests import canonical, sm3
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, TooLate, WrongState

pytestmark = pytest.mark.django_db


def propose(call, officer):
    return calls.propose_call(call=call, by=officer)


def test_a_call_is_published_by_a_second_person_word_for_word(draft_call, officer, officer2):
    propose(draft_call, officer)
    with pytest.raises(NotPermitted):
        calls.publish_call(call=draft_call, by=officer)
    published = calls.publish_call(call=draft_call, by=officer2)
    edition = published.editions.get()
    assert published.status == CallStatus.PUBLISHED
    assert (edition.version, edition.proposed_by, edition.published_by) == (1, officer, officer2)
    assert edition.digest == sm3(canonical(edition.content))
    assert edition.content["envelope"] == "100000000.00"
    assert edition.content["rules"] == published.rules


def test_no_review_in_force_no_call(scheme, officer, officer2, draft_call):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE applications_faircompetitionreview SET expires_on = reviewed_on")
        cursor.execute("SET LOCAL session_replication_role = origin")
    propose(draft_call, officer)
    with pytest.raises(CallInvalid) as refused:
        calls.publish_call(call=draft_call, by=officer2)
    assert [field for field, _text in refused.value.problems] == ["scheme"]


def test_the_years_limit_holds_over_its_calls(draft_call, reviewed, officer, officer2):
    second = calls.create_call(
        scheme=reviewed,
        year=2026,
        name_zh="第二批",
        name_en="Second",
        guide_zh="正文",
        guide_en="Text",
        contact="a",
        complaint_line="b",
        opens_at=draft_call.opens_at,
        closes_at=draft_call.closes_at,
        envelope=Decimal("200000000.01"),
        max_request=Decimal("30000000"),
        by=officer,
    )
    for call in (draft_call, second):
        propose(call, officer)
    calls.publish_call(call=draft_call, by=officer2)
    with pytest.raises(CallInvalid) as refused:
        calls.publish_call(call=second, by=officer2)
    assert [field for field, _text in refused.value.problems] == ["envelope"]
    calls.send_back_call(call=second, reason="额度超出", by=officer2)
    calls.edit_call(call=second, envelope=Decimal("200000000.00"), by=officer)
    propose(second, officer)
    assert calls.publish_call(call=second, by=officer2).number == "2026-2"


def test_a_draft_beyond_the_years_limit_is_told_on_its_page_and_not_proposed(
    draft_call, officer, officer2, supervisor, client_of
):
    page, client = f"/calls/{draft_call.pk}/", client_of(officer)
    words = "请调减本批次额度。"
    assert words not in client.get(page).content.decode()
    calls.edit_call(call=draft_call, envelope=Decimal("300000000.01"), by=officer)
    for person in (officer, officer2, supervisor):
        answer = client_of(person).get(page)
        assert [field for field, _text in answer.context["obstacles"]] == ["envelope"]
        assert words in answer.content.decode()
    answer = client.post(f"{page}propose/")
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    draft_call.refresh_from_db()
    assert draft_call.status == CallStatus.DRAFT
    calls.edit_call(call=draft_call, envelope=Decimal("300000000.00"), by=officer)
    assert client.post(f"{page}propose/").status_code == 302


def test_upper_apps_are_asked_before_opening(draft_call, officer, officer2, monkeypatch):
    propose(draft_call, officer)
    monkeypatch.setattr(opening, "_checks", [lambda call: ["额度未设定"]])
    with pytest.raises(CallInvalid, match="额度未设定"):
        calls.publish_call(call=draft_call, by=officer2)
    calls.send_back_call(call=draft_call, by=officer)
    with pytest.raises(CallInvalid, match="额度未设定"):
        propose(draft_call, officer)


def test_nobody_else_sets_up_calls(
    reviewed, draft_call, applicant, approver, region, supervisor, sysadmin
):
    for person in (applicant, approver, region, supervisor, sysadmin):
        for act in (
            lambda p=person: calls.edit_call(call=draft_call, name_zh="改", by=p),
            lambda p=person: calls.propose_call(call=draft_call, by=p),
            lambda p=person: calls.publish_call(call=draft_call, by=p),
        ):
            with pytest.raises(NotPermitted):
                act()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"envelope": Decimal(0)}, "envelope"),
        ({"max_request": Decimal("100000000.01")}, "max_request"),
        ({"rules": {"panel_size": 4}}, "rules"),
        ({"rules": {"unheard": 1}}, "rules"),
        ({"rules": {"instalments": [50, 40]}}, "rules"),
        ({"sheet": []}, "sheet"),
        ({"sheet": [{"code": "Q"}]}, "sheet"),
        ({"status": "published"}, "status"),
        ({"number": "2026-9"}, "number"),
    ],
)
def test_a_wrong_term_is_refused_by_field(draft_call, officer, fields, field):
    with pytest.raises(Invalid) as refused:
        calls.edit_call(call=draft_call, by=officer, **fields)
    assert refused.value.field == field


def test_opening_must_lie_before_closing(draft_call, officer):
    with pytest.raises(Invalid):
        calls.edit_call(call=draft_call, opens_at=draft_call.closes_at, by=officer)


@pytest.mark.parametrize("name", ["guide_zh", "contact", "complaint_line", "name_en"])
def test_an_incomplete_call_is_not_proposed(draft_call, officer, name):
    calls.edit_call(call=draft_call, by=officer, **{name: " "})
    with pytest.raises(CallInvalid) as refused:
        propose(draft_call, officer)
    assert [field for field, _text in refused.value.problems] == [name]


def test_a_proposed_call_is_not_edited_but_sent_back(draft_call, officer, officer2):
    propose(draft_call, officer)
    with pytest.raises(WrongState):
        calls.edit_call(call=draft_call, name_zh="改", by=officer)
    with pytest.raises(Invalid):
        calls.send_back_call(call=draft_call, by=officer2)
    back = calls.send_back_call(call=draft_call, reason="请改截止时间", by=officer2)
    assert (back.status, back.proposed_by) == (CallStatus.DRAFT, None)


def test_a_publication_is_taken_back_only_before_opening(draft_call, officer, officer2):
    later = clock.now() + timedelta(days=5)
    calls.edit_call(call=draft_call, opens_at=later, by=officer)
    propose(draft_call, officer)
    calls.publish_call(call=draft_call, by=officer2)
    calls.withdraw_publication(call=draft_call, reason="指南有误", by=officer)
    calls.edit_call(call=draft_call, opens_at=clock.now() - timedelta(hours=1), by=officer)
    propose(draft_call, officer)
    calls.publish_call(call=draft_call, by=officer2)
    assert list(draft_call.editions.order_by("version").values_list("version", flat=True)) == [1, 2]
    with pytest.raises(TooLate):
        calls.withdraw_publication(call=draft_call, reason="太晚", by=officer)


def test_a_call_closed_before_publication_is_refused(draft_call, officer, officer2):
    now = clock.now()
    calls.edit_call(
        call=draft_call,
        opens_at=now - timedelta(days=2),
        closes_at=now - timedelta(days=1),
        by=officer,
    )
    propose(draft_call, officer)
    with pytest.raises(TooLate):
        calls.publish_call(call=draft_call, by=officer2)


def test_the_calls_states_follow_the_table(call, officer, approver):
    with pytest.raises(WrongState):
        call_steps.advance_call(call=call, to="ranked", by=officer)
    with pytest.raises(WrongState):
        call_steps.advance_call(call=call, to="draft", by=officer)
    for to in ("screened", "in_review", "scored", "ranked"):
        with pytest.raises(NotPermitted):
            call_steps.advance_call(call=call, to=to, by=approver)
        assert call_steps.advance_call(call=call, to=to, by=officer).status == to
    with pytest.raises(NotPermitted):
        call_steps.advance_call(call=call, to="decided", by=officer)
    assert call_steps.advance_call(call=call, to="decided", by=approver).status == "decided"


def test_the_defaults_make_a_call_that_can_be_published(call):
    assert len(call.required_documents) == 12
    assert sum(d["required"] for d in call.required_documents) == 8
    assert sum(i["veto"] for i in call.screening_items) == 9
    assert Call.objects.get(pk=call.pk).rule_set.panel_size == 7


def test_the_sheets_problems_are_said_in_the_same_words_everywhere():
    from django.utils.translation import override

    from applications.sheet import PROBLEM_TEXTS
    from applications.sheet_words import SHEET_PROBLEMS

    with override("en"):
        assert {k: str(v) for k, v in SHEET_PROBLEMS.items()} == dict(PROBLEM_TEXTS)


def test_a_draft_waits_for_its_officers_until_it_is_proposed_and_again_when_sent_back(
    draft_call, officer, officer2
):
    from applications.waiting import waiting_for

    page = f"/calls/{draft_call.pk}/"
    assert [item.url for item in waiting_for(officer, clock.now())] == [page]
    propose(draft_call, officer)
    assert waiting_for(officer, clock.now()) == []
    calls.send_back_call(call=draft_call, reason="额度有误，请核对。", by=officer2)
    assert [item.url for item in waiting_for(officer, clock.now())] == [page]


def test_what_an_incomplete_draft_lacks_is_named_by_its_labels(draft_call, officer, client_of):
    calls.edit_call(call=draft_call, by=officer, contact="", complaint_line="")
    page = client_of(officer).get(f"/calls/{draft_call.pk}/").content.decode()
    for label in ("咨询电话", "监督电话"):
        assert f"{label}：送请发布前须填写。" in page


def test_a_proposed_call_waits_for_every_officer_but_its_proposer(draft_call, officer, officer2):
    from applications.waiting import waiting_for

    propose(draft_call, officer)
    assert waiting_for(officer, clock.now()) == []
    (item,) = waiting_for(officer2, clock.now())
    assert item.url == f"/calls/{draft_call.pk}/"


def test_a_draft_never_proposed_is_discarded_and_the_log_keeps_it(draft_call, officer, client_of):
    page, client = f"/calls/{draft_call.pk}/", client_of(officer)
    assert f"{page}discard/" in client.get(page).content.decode()
    assert "2026-1" in client.get(f"{page}discard/").content.decode()
    answer = client.post(f"{page}discard/")
    assert (answer.status_code, answer["Location"]) == (302, "/calls/")
    assert (Call.objects.count(), client.get(page).status_code) == (0, 404)
    event = Event.objects.get(action="call.discard")
    assert (event.actor_name, event.scope, event.source) == (officer.name, "2026-1", "draft")
    assert event.after == {"name": "2026年度第一批", "envelope": "100000000.00"}


@pytest.mark.parametrize("standing", ["proposed", "sent back", "published", "taken back"])
def test_what_a_second_person_was_asked_is_not_discarded(
    draft_call, officer, officer2, client_of, standing
):
    calls.edit_call(call=draft_call, opens_at=clock.now() + timedelta(days=1), by=officer)
    propose(draft_call, officer)
    if standing == "sent back":
        calls.send_back_call(call=draft_call, by=officer)
    elif standing != "proposed":
        calls.publish_call(call=draft_call, by=officer2)
    if standing == "taken back":
        calls.withdraw_publication(call=draft_call, reason="指南有误", by=officer)
    with pytest.raises(WrongState):
        discarding.discard_call(call=draft_call, by=officer)
    page, client = f"/calls/{draft_call.pk}/", client_of(officer)
    assert "/discard/" not in client.get(page).content.decode()
    assert [client.get(f"{page}discard/").status_code] * 2 == [
        409,
        client.post(f"{page}discard/").status_code,
    ]
    with pytest.raises(IntegrityError, match="was proposed and is kept"), transaction.atomic():
        Call.objects.filter(pk=draft_call.pk)._raw_delete("default")


def test_only_who_drafts_discards(draft_call, approver, supervisor, region, client_of):
    for person in (approver, supervisor, region):
        with pytest.raises(NotPermitted):
            discarding.discard_call(call=draft_call, by=person)
    client = client_of(supervisor)
    assert client.get(f"/calls/{draft_call.pk}/discard/").status_code == 403
    assert Call.objects.count() == 1
