"""Quotas on rows: the list, the notice and moving up."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from applications.models import Application
from applications.workflow import Status
from audit.refusals import Invalid
from awards.models import FundingItem
from awards.services import deviations, notices, reserve
from tests.awards import stages

pytestmark = pytest.mark.django_db

# Of 20,000: P1 and P2 are textiles' two; P3 is passed over; P4, pharma, fits; P5 does not, P6 does.
EXAMPLE = (
    ("P1", "91.20", 3_000, "textiles"),
    ("P2", "88.45", 8_000, "textiles"),
    ("P3", "86.10", 4_000, "textiles"),
    ("P4", "83.00", 7_000, "pharma"),
    ("P5", "79.95", 4_000, "pharma"),
    ("P6", "70.00", 1_000, "pharma"),
)
OUTCOMES = ["funded", "funded", "passed_over", "funded", "reserve", "funded"]


@pytest.fixture
def ranked(people):
    return stages.ranked(people, EXAMPLE, "skip", 20_000 * stages.WAN, most_per_industry=2)


def told(listed):
    return list(listed.items.order_by("position").values_list("outcome", flat=True))


def english(client):
    client.cookies["django_language"] = "en"
    return client


def test_the_list_names_who_is_passed_over_and_keeps_the_reserve_in_order(
    people, ranked, client_of
):
    listed = stages.drawn(people, ranked)
    # pharma's two are P4 and P6: P5 does not fit the 2,000 that are left
    assert told(listed) == OUTCOMES
    url = reverse("awards:funding", args=[ranked.number])
    page = english(client_of(people.officer)).get(url)
    rows = {row["application"].title: row for row in page.context["rows"]}
    with override("en"):
        assert str(rows["P3"]["quota"]) == "passed over: quota of its industry"
    assert (rows["P3"]["reserve_order"], rows["P5"]["reserve_order"]) == (1, 2)
    text = page.content.decode()
    assert text.count("passed over: quota of its industry") == 2  # wide and phone
    assert "passed over for a quota" not in text  # said once, with the quota


def test_a_lift_over_the_quota_is_refused(people, ranked):
    listed = stages.drawn(people, ranked)
    for title in ("P1", "P2"):
        asked = deviations.propose_deviation(
            funding_list=listed, application=Application.objects.get(title=title),
            kind="lift", reason="联席会议议定的补链项目，理由充分", by=people.officer,
        )  # fmt: skip
        deviations.confirm_deviation(deviation=asked, by=people.officer2)
    with pytest.raises(Invalid):
        deviations.propose_deviation(
            funding_list=listed, application=Application.objects.get(title="P3"),
            kind="lift", reason="联席会议议定的补链项目，理由充分", by=people.officer,
        )  # fmt: skip


def test_the_notice_names_them_with_the_quota_and_the_digest_covers_it(people, ranked, client_of):
    notice = stages.noticed(people, ranked)
    third = Application.objects.get(title="P3")
    assert third.status == Status.RESERVE
    assert notice.content["passed_over"] == [
        {
            "rank": 3,
            "application": third.number,
            "title": "P3",
            "firm": people.firm.name,
            "quota": "industry_quota",
        }
    ]
    page = english(client_of(None)).get(reverse("portal:public_notice", args=[notice.number]))
    text = page.content.decode()
    assert f"Rank 3, “P3” ({people.firm.name})." in text
    assert "2 projects are in reserve." in text
    # Nobody of a worse rank need be on the list.
    assert "these projects are not proposed. They stay" in text


def test_the_dossier_says_it_to_office_and_firm(people, ranked, client_of):
    stages.noticed(people, ranked)
    third = Application.objects.get(title="P3")
    for person in (people.officer, people.owner):
        text = english(client_of(person)).get(f"/dossiers/{third.pk}/").content.decode()
        assert "passed over for a quota" in text
        assert "Its industry had what the call&#x27;s quota allows before its turn came." in text


def test_when_one_of_its_industry_drops_out_it_is_the_next(people, ranked):
    stages.approved(people, ranked)
    second = Application.objects.get(title="P2")
    moved = reserve.disqualify(
        application=second, reason="公示期间查实不符合申报条件", by=people.approver
    )
    # 8,000 freed and 1,000 left: P3 fits; P5 would be pharma's third
    assert [application.title for application in moved] == ["P3"]
    item = FundingItem.objects.get(application__title="P3")
    assert (item.outcome, item.amount) == ("funded", 4_000 * stages.WAN)
    assert FundingItem.objects.get(application__title="P5").outcome == "reserve"
    notices.publish_notice(call=ranked, by=people.officer)


def test_panels_share_the_money_by_their_dossiers(people):
    call = stages.ranked(people, EXAMPLE, "strict", 20_000 * stages.WAN, panels="quota")
    # one panel has it all: the line is that of the whole ranking
    listed = stages.drawn(people, call)
    assert told(listed) == ["funded", "funded", "funded", "reserve", "reserve", "reserve"]


SHARED = (("P1", "90.00", 8_000), ("P2", "88.00", 1_000), ("P3", "86.00", 2_000))
TEXTILES = tuple((*row, "textiles") for row in stages.EXAMPLE)


@pytest.mark.parametrize(
    ("example", "mode", "wan", "rules", "why", "words"),
    [
        (stages.EXAMPLE, "strict", 30_000, {}, "exceeds_rest", "by strict order the list ends"),
        (stages.EXAMPLE, "skip", 25_000, {}, "exceeds_rest", "skip and fill: nobody below fits"),
        (stages.EXAMPLE, "skip", 30_000, {}, "", ""),
        (stages.EXAMPLE, "partial", 30_000, {}, "part", "was offered what was left"),
        (stages.EXAMPLE, "partial", 24_000, {}, "spent", "the money of this call is used up"),
        (TEXTILES, "strict", 30_000, {"most_per_industry": 2}, "quota", "the quotas of this call"),
        (SHARED, "strict", 8_000, {"panels": "quota"}, "shares", "shares are used up"),
    ],
)  # fmt: skip
def test_the_line_says_why_it_falls_there(people, client_of, example, mode, wan, rules, why, words):
    panel_of = {"P2": 2} if "panels" in rules else {}
    call = stages.ranked(people, example, mode, wan * stages.WAN, panel_of, **rules)
    stages.drawn(people, call)
    page = english(client_of(people.officer)).get(reverse("awards:funding", args=[call.number]))
    assert page.context["cut"].why == why
    assert page.content.decode().count(words or "go to the reserve") == bool(why)
