"""A project funded in part: asked by a date for consent, before it goes on notice."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import NotPermitted, TooLate, WrongState
from awards.models import Envelope, FundingItem, NoticeItem
from awards.services import notices, parts, recounts, reserve
from calendars.wording import day_of
from notifications.models import Message
from tests.awards import stages
from tests.awards.test_guards import refused
from tests.awards.test_notices import dossier
from tests.awards.test_witnesses import lines, sql
from tests.racing import race


def part() -> FundingItem:
    return FundingItem.objects.select_related("application").get(application__title="P4")


def day(iso: str, hour: int = 0) -> datetime:
    return datetime.fromisoformat(f"{iso}T{hour:02}:00:00").replace(tzinfo=clock.SHANGHAI)


@pytest.fixture
def ranked(people):
    return stages.ranked(people, mode="partial")


def test_a_part_goes_on_notice_only_with_consent(people, approved, editor, officer):
    item = part()
    notice = notices.publish_notice(call=approved.call, by=people.officer)
    assert notice.items.count() == 3
    with pytest.raises(WrongState):
        notices.publish_notice(call=approved.call, by=people.officer)
    for person in (editor, officer):
        with pytest.raises(NotPermitted):
            parts.answer_part(item=item, agree=True, by=person)
    parts.answer_part(item=item, agree=True, by=people.owner)
    with pytest.raises(WrongState):
        parts.answer_part(item=item, agree=False, by=people.owner)
    extra = notices.publish_notice(call=approved.call, by=people.officer)
    assert NoticeItem.objects.get(notice=extra).amount == 6_000 * stages.WAN


def test_money_set_free_before_the_notice_goes_to_the_part_first(people, approved):
    reserve.disqualify(
        application=dossier("P1"), reason="企业已被列入失信名单。", by=people.approver
    )
    item = approved.items.get(application__title="P4")
    assert (item.outcome, item.amount) == ("funded", 8_000 * stages.WAN)
    assert approved.items.get(application__title="P5").amount == 1_000 * stages.WAN


def test_a_part_that_grows_and_stays_one_is_asked_anew(people):
    call = stages.ranked(people, mode="partial", envelope=25_000 * stages.WAN)
    stages.approved(people, call)
    assert day_of(part().answer_due) == date(2026, 3, 9)
    clock.travel_to(day("2026-03-04", 9))
    reserve.disqualify(
        application=dossier("P1"), reason="企业已被列入失信名单。", by=people.approver
    )
    item = part()
    assert (item.amount, item.consent) == (4_000 * stages.WAN, "")
    assert day_of(item.answer_due) == date(2026, 3, 11)
    offered = Message.objects.filter(kind="funding.part_offered", recipient=people.owner)
    assert offered.count() == 2


def test_declining_is_asked_first_and_the_answer_stays_in_sight(people, approved, client_of):
    item, owner = part(), client_of(people.owner)
    address = reverse("awards:answer_part", args=[item.pk])
    page = reverse("applications:dossier", args=[item.application_id])
    offered = owner.get(page).content.decode()
    assert f'href="{address}"' in offered and 'name="decline"' not in offered
    asked = owner.get(address).content.decode()
    assert "不接受 6,000 万元？" in asked and 'name="decline" value="1"' in asked
    assert part().consent == ""
    assert client_of(people.officer).get(address).status_code == 404
    owner.post(address, {"decline": "1"})
    answered = owner.get(page).content.decode()
    assert "您单位不接受，该项目已退出名单。" in answered
    assert "评审结果" in answered and "名次</dt>" not in answered


def test_declined_the_money_goes_on_at_once(people, approved, client_of):
    """In the mode of the call: P5 asked for 4,000 of the 6,000 that P4 does not take."""
    item = part()
    address = reverse("awards:answer_part", args=[item.pk])
    assert client_of(people.owner).post(address, {"decline": "1"}).status_code == 302
    assert dossier("P4").status == Status.NOT_FUNDED
    moved = FundingItem.objects.get(application__title="P5")
    assert (moved.outcome, moved.amount) == ("funded", 4_000 * stages.WAN)
    assert dossier("P5").status == Status.PROPOSED
    envelope = Envelope.objects.get(year=approved.call.year)
    assert (envelope.reserved, envelope.available) == (28_000 * stages.WAN, 2_000 * stages.WAN)
    told = Message.objects.filter(kind__in=("funding.part_declined", "reserve.promoted"))
    assert sorted(told.values_list("kind", "recipient__username")) == [
        ("funding.part_declined", people.approver.username),
        ("funding.part_declined", people.officer.username),
        ("funding.part_declined", people.officer2.username),
        ("reserve.promoted", people.officer.username),
        ("reserve.promoted", people.officer2.username),
    ]
    by = {e.action: e.actor_id for e in Event.objects.filter(object_id=str(dossier("P5").pk))}
    assert by["application.propose"] is None
    with pytest.raises(WrongState):
        parts.answer_part(item=item, agree=True, by=people.owner)
    assert lines() == []
    sql("UPDATE awards_fundingitem SET consent = 'given' WHERE consent = 'refused'")
    assert "consent" in " ".join(lines())


def test_no_answer_by_its_date_counts_as_declined(people, approved, client_of):
    item = part()
    with pytest.raises(WrongState):
        parts.lapse_part(item=item, by=people.officer)
    clock.travel_to(day("2026-03-10", 9))
    with pytest.raises(TooLate):
        parts.answer_part(item=item, agree=True, by=people.owner)
    with pytest.raises(NotPermitted):
        parts.lapse_part(item=item, by=people.approver)
    page = client_of(people.officer).get(
        reverse("applications:dossier", args=[item.application_id])
    )
    assert reverse("awards:lapse_part", args=[item.pk]) in page.content.decode()
    answer = client_of(people.officer).post(reverse("awards:lapse_part", args=[item.pk]))
    assert answer.status_code == 302
    assert (part().consent, dossier("P4").status) == ("silent", Status.NOT_FUNDED)
    assert dossier("P5").status == Status.PROPOSED


@pytest.mark.parametrize("start", [day("2026-12-29", 9)])
def test_a_date_in_an_unknown_year_binds_nobody_yet(people, approved):
    item = part()
    assert item.answer_provisional
    clock.travel_to(day("2027-01-15", 9))
    with pytest.raises(WrongState):
        parts.lapse_part(item=item, by=people.officer)
    recounts.recount()
    assert part().answer_provisional
    parts.answer_part(item=item, agree=True, by=people.owner)


def test_the_database_holds_the_date_and_the_silence(people, approved):
    item = part()
    longer = "UPDATE awards_fundingitem SET answer_due = answer_due + interval '9 days'"
    silent = (
        "UPDATE awards_fundingitem SET consent = 'silent', consent_by_id = %s,"
        " consent_at = answer_due - interval '1 hour'"
    )
    assert "stand" in refused(f"{longer} WHERE id = %s", item.pk)
    assert "stand" in refused(f"{silent} WHERE id = %s", people.officer.pk, item.pk)


@pytest.mark.django_db(transaction=True)
def test_agreed_and_declined_at_one_instant_is_one_answer(people, approved):
    item = part()
    got = race(
        [lambda a=a: parts.answer_part(item=item, agree=a, by=people.owner) for a in (True, False)]
    )
    assert sorted(type(one).__name__ for one in got) == ["FundingItem", "WrongState"]
    kept = next(one for one in got if isinstance(one, FundingItem))
    status = Status.PROPOSED if kept.consent == "given" else Status.NOT_FUNDED
    assert dossier("P4").status == status
