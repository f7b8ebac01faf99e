"""What everybody may read: calls, notices, results, and whether a digest is true."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import tables
from applications.call_rules import CallRules
from applications.models import CallStatus, Submission
from applications.sheet import default_sheet
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from awards.models import PublicNotice
from awards.services import reserve
from awards.services.decisions import record_allocation
from calendars.table import WorkingDays
from portal import rule_words
from portal.selectors import notices, proofs, results
from portal.sheet_rows import sheet_rows, totals
from tests import making
from tests.portal import published

pytestmark = pytest.mark.django_db


def text_of(page):
    assert page.status_code == 200
    return page.content.decode()


def queries(connection_asked, client, url):
    with connection_asked(12) as seen:
        page = client.get(url)
    assert page.status_code == 200
    return len(seen)


# --- calls -------------------------------------------------------------


def test_drafts_are_nobodys_and_published_calls_everybodys(client, officer):
    shown = making.call(officer, status=CallStatus.PUBLISHED, name_zh="公开批次")
    hidden = making.call(officer, status=CallStatus.DRAFT, name_zh="内部草稿")
    waiting = making.call(officer, status=CallStatus.PROPOSED, name_zh="待复核批次")
    text = text_of(client.get(reverse("portal:public_calls")))
    assert "公开批次" in text
    assert "内部草稿" not in text
    assert "待复核批次" not in text
    assert client.get(reverse("portal:public_call", args=[shown.number])).status_code == 200
    for call in (hidden, waiting):
        assert client.get(reverse("portal:public_call", args=[call.number])).status_code == 404


def test_a_call_shows_guide_papers_sheet_and_rules(client, officer):
    call = making.call(
        officer,
        guide_zh="一、支持方向",
        sheet=default_sheet(),
        required_documents=[
            {"code": "plan", "name_zh": "可研报告", "name_en": "Study", "required": True}
        ],
    )
    text = text_of(client.get(reverse("portal:public_call", args=[call.number])))
    for words in (
        "一、支持方向",
        "可研报告",
        "项目质量",
        "就业贡献",
        "填补产业图谱所列缺环",
        "30,000",
    ):
        assert words in text


def test_only_whoever_may_apply_is_led_to_the_application(client, client_of, applicant, officer):
    call = making.call(officer)
    url = reverse("portal:public_call", args=[call.number])
    start = reverse("applications:start", args=[call.number])
    assert start in text_of(client.get(url))
    assert start in text_of(client_of(applicant).get(url))
    assert start not in text_of(client_of(officer).get(url))
    call = making.call(officer, closes_at=clock.now() - timedelta(seconds=1))
    url = reverse("portal:public_call", args=[call.number])
    assert reverse("applications:start", args=[call.number]) not in text_of(client.get(url))


def test_the_sheet_is_said_whole_in_both_languages():
    for language in ("zh-hans", "en"):
        rows = sheet_rows(default_sheet(), language)
        leaves = [leaf for d in rows for i in d.indicators for leaf in i.leaves]
        assert sum(leaf.weight for leaf in leaves) == 100
        assert totals(rows) == (Decimal(76), Decimal(24))
        assert all(leaf.rule or leaf.tiers for leaf in leaves)
        assert not any("%(" in leaf.rule for leaf in leaves)
    assert sheet_rows([], "en") == ()
    assert sheet_rows([{"code": "x"}], "en") == ()


def test_every_rule_of_a_call_is_said():
    for rules in (
        CallRules(),
        CallRules(cut_off="skip", aggregation="median", quota_by_region={"220581": 2}),
        CallRules(cut_off="partial", aggregation="mean", ties=("quality",), instalments=(100,)),
        CallRules(hearing_percent=40),
    ):
        rows = rule_words.rule_rows(rules)
        assert len(rows) == (15 if rules.has_hearing else 11)
        assert all(label and sentence and "%(" not in str(sentence) for label, sentence in rows)


# --- notices -------------------------------------------------------------


def test_a_notice_lists_its_projects_with_points_and_sums(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    text = text_of(client.get(reverse("portal:public_notice", args=[notice.number])))
    for words in ("项目001", "项目003", "梅河口松源食品有限公司", "80.00", "55.50", "24.50", "101"):
        assert words in text
    assert notice.digest in text
    assert notice.number in text_of(client.get(reverse("portal:public_notices")))


def test_what_was_published_stays_as_it_was(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    item = notice.items.first()
    type(item.application).objects.filter(pk=item.application_id).update(title="改过的名称")
    text = text_of(client.get(reverse("portal:public_notice", args=[notice.number])))
    assert "改过的名称" not in text
    assert "项目001" in text


def test_a_project_taken_off_is_marked_and_leaves_the_sum(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    reserve.disqualify(
        application=notice.items.first().application, reason="企业已被列入失信名单。", by=approver
    )
    page = client.get(reverse("portal:public_notice", args=[notice.number]))
    assert page.context["total"] == Decimal("2000000.00")
    assert [row.state for row in page.context["rows"]] == ["out", "", ""]


def test_the_strip_tells_past_off_today_and_ahead():
    table = WorkingDays({date(2026, 6, 19): False}, {2026}, {date(2026, 6, 19): "端午节"})
    notice = PublicNotice(starts_on=date(2026, 6, 17), ends_on=date(2026, 6, 24))
    found = notices.period(notice, date(2026, 6, 22), table)
    assert [kind for _day, kind in found.days] == [
        *("past", "past", "off", "off", "off", "now", "ahead", "ahead")
    ]
    assert (found.state, found.left) == ("running", 3)
    assert found.holidays == (("端午节", date(2026, 6, 19)),)
    assert notices.period(notice, date(2026, 6, 16), table).state == "ahead"
    assert notices.period(notice, date(2026, 6, 25), table).left == 0


def test_the_table_of_a_notice_downloads_and_holds_no_formula(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    answer = client.get(reverse("portal:notice_table", args=[notice.number]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1].endswith("80.00,55.50,24.50,101,1000000.00")
    assert tables.safe("=1+1") == "'=1+1"
    assert tables.safe("＝1+1") == "'＝1+1"
    assert tables.safe(Decimal("-5")) == "-5"


# --- results -------------------------------------------------------------


def test_results_say_sums_by_project_and_region(client, officer, approver):
    call = published.awarded_call(officer, approver)
    assert call.number in text_of(client.get(reverse("portal:public_results")))
    page = client.get(reverse("portal:public_result", args=[call.number]))
    assert "项目002" in text_of(page)
    assert (page.context["total"], page.context["paid"]) == (Decimal(3000000), Decimal(0))
    assert [(r.region, r.projects) for r in results.by_region(results.result_rows(call))] == [
        ("梅河口市", 3)
    ]
    table = client.get(reverse("portal:result_table", args=[call.number]))
    assert len(table.content.decode("utf-8-sig").splitlines()) == 4


def test_nothing_is_told_of_a_call_before_its_awards(client, officer, approver):
    call = published.decided_call(officer, approver)
    assert client.get(reverse("portal:public_result", args=[call.number])).status_code == 404
    assert "项目001" not in text_of(client.get(reverse("portal:home")))


# --- proofs -------------------------------------------------------------


@pytest.fixture
def receipt(officer):
    owner = making.person("业主")
    firm = making.firm("某公司", making.region("220581"), owner)
    made = making.dossier(making.call(officer), firm, title="机密项目", status=Status.DRAFT)
    content = {"title": "机密项目", "firm": {"name": "某公司"}, "figures": {"land_mu": "80"}}
    return Submission.objects.create(
        application=made,
        version=1,
        receipt="2026-7-0001",
        content=content,
        digest=sm3(canonical(content)),
        submitted_by=owner,
        submitted_at=clock.now(),
    )


def test_a_true_pair_holds_however_it_is_typed(receipt):
    typed = " ".join(receipt.digest[i : i + 8].upper() for i in range(0, 64, 8))
    assert proofs.check(f" {receipt.receipt} ", typed) == proofs.Proof.HOLDS


def test_an_unknown_number_and_a_wrong_digest_get_the_same_answer(client, receipt):
    url = reverse("portal:verify")
    pages = [
        text_of(client.post(url, {"number": number, "digest": digest}))
        for number, digest in (
            (receipt.receipt, "f" * 64),
            ("2026-9-9999", receipt.digest),
        )
    ]
    answers = [page[page.index('role="status"') :][:200] for page in pages]
    assert answers[0] == answers[1]
    assert all("机密项目" not in page and "某公司" not in page for page in pages)


def test_a_true_pair_shows_nothing_else_of_the_record(client, receipt):
    page = client.post(
        reverse("portal:verify"), {"number": receipt.receipt, "digest": receipt.digest}
    )
    text = text_of(page)
    assert page.context["proof"] == proofs.Proof.HOLDS
    assert "机密项目" not in text
    assert "某公司" not in text


def test_a_notice_can_be_checked_too(officer, approver):
    notice = published.noticed_call(officer, approver)
    assert proofs.check(notice.number, notice.digest) == proofs.Proof.HOLDS


def test_a_notice_brings_its_number_and_digest_along(client, officer, approver):
    notice = published.noticed_call(officer, approver)
    shown = text_of(client.get(reverse("portal:public_notice", args=[notice.number])))
    way = f"{reverse('portal:verify')}?number={notice.number}&amp;digest={notice.digest}"
    assert way in shown
    page = text_of(client.get(way.replace("&amp;", "&")))
    assert f'value="{notice.number}"' in page
    assert f'value="{notice.digest}"' in page


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "f" * 65, "\x00" * 64])
def test_what_is_no_digest_is_said_at_the_field(client, digest):
    page = client.post(reverse("portal:verify"), {"number": "2026-1-0001", "digest": digest})
    assert page.status_code == 200
    assert page.context["form"].errors["digest"]


# --- the database -------------------------------------------------------------


@pytest.mark.parametrize("name", ["public_notice", "public_result"])
def test_a_page_asks_the_same_for_3_projects_and_for_60(
    client, officer, approver, name, django_assert_max_num_queries
):
    asked = []
    for count in (3, 60):
        if name == "public_notice":
            number = published.noticed_call(officer, approver, count).number
        else:
            number = published.awarded_call(officer, approver, count, year=2024 + len(asked)).number
        url = reverse(f"portal:{name}", args=[number])
        asked.append(queries(django_assert_max_num_queries, client, url))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "name", ["home", "public_calls", "public_notices", "public_results", "verify", "privacy"]
)
def test_public_pages_stand_when_there_is_nothing(client, db, name):
    assert client.get(reverse(f"portal:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["public_calls", "public_notices"])
def test_lists_ask_the_same_for_3_and_60(
    client, officer, approver, name, django_assert_max_num_queries
):
    asked = []
    notice = published.noticed_call(officer, approver, 1)
    for count in (3, 60):
        for n in range(count):
            making.call(officer)
            notice.pk, notice.number = None, f"N{count}-{n}"
            notice.save(force_insert=True)
        asked.append(queries(django_assert_max_num_queries, client, reverse(f"portal:{name}")))
    assert asked[0] == asked[1]


def test_an_allocation_notice_by_region_and_by_project(client, officer, approver, finance):
    call = published.awarded_call(officer, approver)
    letter = record_allocation(
        call=call, number="吉财产业指〔2026〕89号", issued_on=clock.today(), by=finance
    )
    assert letter.total == 3 * published.AMOUNT / 10
    result = text_of(client.get(reverse("portal:public_result", args=[call.number])))
    address = reverse("portal:public_allocation", args=[letter.pk])
    assert address in result
    page = client.get(address)
    assert [(r.region, r.projects, r.amount) for r in page.context["regions"]] == [
        ("梅河口市", 3, letter.total)
    ]
    assert [row.title for row in page.context["rows"]] == ["项目001", "项目002", "项目003"]
    assert letter.number in text_of(page)
    table = client.get(reverse("portal:allocation_table", args=[letter.pk]))
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row[-1] for row in rows[1:]] == ["1000000.00"] * 3 + ["3000000.00"]
