"""The minutes of the meeting by which a list is approved."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import FundingList, Minutes
from awards.services import funding
from tests.awards import stages
from tests.awards.test_guards import refused
from tests.racing import race


@pytest.fixture
def submitted(people, ranked):
    stages.set_ceiling(people, ranked)
    listed = stages.drawn(people, ranked)
    return funding.submit_list(funding_list=listed, by=people.officer)


def test_a_list_is_approved_by_the_minutes_of_a_meeting_on_it(people, ranked, submitted):
    kept = stages.minutes(people, ranked, held_on=clock.today() - timedelta(days=1), number="1号")
    with pytest.raises(Invalid) as found:
        funding.approve_list(funding_list=submitted, minutes=kept, note="", by=people.approver)
    assert found.value.field == "minutes"
    other = stages.ranked(people)
    foreign = stages.minutes(people, other, number="2号")
    with pytest.raises(Invalid):
        funding.approve_list(funding_list=submitted, minutes=foreign, note="", by=people.approver)
    right = stages.minutes(people, ranked)
    funding.approve_list(funding_list=submitted, minutes=right, note="", by=people.approver)
    assert FundingList.objects.get(pk=submitted.pk).minutes_no == "厅务会纪要〔2026〕8号"


def test_the_database_asks_for_them_too(people, ranked, submitted):
    sql = (
        "UPDATE awards_fundinglist SET status = 'approved', decided_by_id = %s, decided_at = now()"
    )
    assert "not of a meeting on this list" in refused(sql, people.approver.pk)
    early = stages.minutes(people, ranked, held_on=date(2026, 3, 1))
    assert "not of a meeting on this list" in refused(
        f"{sql}, minutes_id = %s", people.approver.pk, early.pk
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": " "}, "number"),
        ({"held_on": date(2026, 3, 3)}, "held_on"),
        ({"participants": "领审定\n \n"}, "participants"),
        ({"decisions": "同意。"}, "decisions"),
        ({"upload": SimpleUploadedFile("纪要.pdf", b"MZ\x90")}, "upload"),
        ({"upload": SimpleUploadedFile("纪要.exe", b"MZ\x90")}, "upload"),
    ],
)
def test_what_is_missing_is_named(people, ranked, change, field):
    with pytest.raises(Invalid) as found:
        stages.minutes(people, ranked, **change)
    assert found.value.field == field
    assert Minutes.objects.count() == 0


def test_recorded_again_they_are_a_new_version_until_a_decision_refers_to_them(
    people, ranked, submitted
):
    for person in (people.finance, people.owner, people.secretary):
        with pytest.raises(NotPermitted):
            stages.minutes(people, ranked, by=person)
    stages.minutes(people, ranked)
    again = stages.minutes(people, ranked, by=people.approver, decisions="同意，附两条工作要求。")
    assert again.version == 2
    funding.approve_list(funding_list=submitted, minutes=again, note="", by=people.approver)
    with pytest.raises(WrongState):
        stages.minutes(people, ranked)


@pytest.mark.django_db(transaction=True)
def test_two_record_one_number_at_one_instant(people, ranked):
    got = race([lambda: stages.minutes(people, ranked) for _ in range(2)])
    assert sorted(one.version for one in got) == [1, 2]


def test_the_pages_by_hand(client_of, people, ranked, submitted):
    url = reverse("awards:minutes", args=[ranked.number])
    funding_page = reverse("awards:funding", args=[ranked.number])
    assert url in client_of(people.approver).get(funding_page).content.decode()
    sent = {
        "number": "厅务会纪要〔2026〕8号", "held_on": "2026-03-02",
        "participants": "领审定，厅长\n秦项目，处长", "decisions": "",
    }  # fmt: skip
    refused_page = client_of(people.officer).post(url, sent)
    assert refused_page.status_code == 422
    assert "秦项目，处长" in refused_page.content.decode()
    sent |= {"decisions": "同意按评审结果安排资金。", "upload": stages.paper("纪要")}
    assert client_of(people.officer).post(url, sent).status_code == 302
    kept = Minutes.objects.get()
    page = client_of(people.finance).get(url).content.decode()
    assert "同意按评审结果安排资金。" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    paper = client_of(people.finance).get(reverse("awards:minutes_file", args=[kept.pk]))
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")
    for person in (people.owner, people.secretary):
        assert client_of(person).get(url).status_code == 403
    assert "minutes" in client_of(people.approver).get(funding_page).context["approve_form"].fields
