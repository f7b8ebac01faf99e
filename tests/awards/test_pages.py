"""The money's pages: who may open them, what they offer, how many queries they take."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.workflow import Status
from audit import clock
from awards.models import Deviation, FundingList, NoticeItem, Objection, ObjectionFile, Payment
from awards.services import deviations
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_notices import CONTACT, IDENTITY, NAME, TEXT, objected

REASON = "现场核查发现用地预审尚未批复，建议暂缓。"
LIST_MOST, PAGE_MOST = 12, 15


class TestFundingPage:
    def test_the_line_its_reasons_and_its_ghost(self, client_of, people, drawn, settings):
        settings.LANGUAGE_CODE = "zh-hans"
        url = reverse("awards:funding", args=[drawn.call.number])
        page = client_of(people.officer).get(url).content.decode()
        assert "3 项，24,000 万元" in page
        assert "余 6,000 万元" in page
        assert "第4名需 8,000 万元" in page
        assert "入围底线 60.00 分" in page
        asked = deviations.propose_deviation(
            funding_list=drawn, application=Application.objects.get(title="P3"),
            kind="hold_back", reason=REASON, by=people.officer,
        )  # fmt: skip
        page = client_of(people.officer).get(url).content.decode()
        assert "若同意调整，资金线在此：第5名止，累计 27,000 万元" in page
        assert 'aria-disabled="true"' in page
        offered = [f'name="{act}"' in page for act in ("confirm", "refuse", "withdraw")]
        assert offered == [False, False, True]
        second = client_of(people.officer2)
        assert reverse("awards:settle", args=[asked.pk]) in second.get(url).content.decode()
        second.post(reverse("awards:settle", args=[asked.pk]), {"confirm": "1"})
        page = second.get(url).content.decode()
        assert "未调整时资金线在此：第3名止，累计 24,000 万元" in page
        assert "许项目" in page

    def test_what_was_typed_stays_when_it_is_refused(self, client_of, people, drawn):
        client = client_of(people.officer)
        url = reverse("awards:deviate", args=[drawn.call.number])
        pk = Application.objects.get(title="P3").pk
        sent = {"application": pk, "kind": "hold_back", "reason": "理由理由理由太短吗"}
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert "理由理由理由太短吗" in answer.content.decode()
        assert Deviation.objects.count() == 0
        sent["reason"] = REASON
        assert client.post(url, sent).status_code == 302
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert REASON in answer.content.decode()

    def test_from_drawing_to_decision_by_hand(self, client_of, people, ranked, approver):
        def post(person, name, **data):
            return client_of(person).post(reverse(f"awards:{name}", args=[ranked.number]), data)

        stages.set_ceiling(people, ranked)
        assert post(people.officer, "draw_list").status_code == 302
        assert post(people.officer, "submit_list").status_code == 302
        answer = post(approver, "decide", back="1", back_note="")
        assert answer.status_code == 422
        assert post(approver, "decide", back="1", back_note="请补核查记录。").status_code == 302
        assert post(people.officer, "draw_list").status_code == 302
        assert post(people.officer, "submit_list").status_code == 302
        assert post(approver, "decide", minutes="", note="").status_code == 422
        kept = stages.minutes(people, ranked)
        assert post(approver, "decide", minutes=kept.pk, note="").status_code == 302
        assert FundingList.objects.get(version=2).status == "approved"
        assert post(people.officer, "publish").status_code == 302
        assert NoticeItem.objects.count() == 3
        again = post(people.officer, "publish")
        assert again.status_code == 409
        assert "没有待公示的项目" in again.content.decode()


def test_the_notices_list_counts_each_sum_once(client_of, people, noticed):
    for _ in range(2):
        objected(noticed)
    page = client_of(people.officer).get(reverse("awards:notices")).content.decode()
    cells = re.findall(r'<td class="num from-md">([\d,]+)</td>', page)
    assert cells == ["3", "24,000"]


class TestObjectionForm:
    def test_a_visitor_files_one_and_gets_its_number(self, client_of, people, noticed):
        client = client_of(None)
        url = reverse("awards:file_objection", args=[noticed.number])
        sent = {
            "application": noticed.items.order_by("pk")[1].application_id,
            "objector_name": NAME,
            "objector_identity": IDENTITY,
            "objector_contact": CONTACT,
            "ground": "false",
            "text": "",
        }
        answer = client.post(url, sent)
        assert answer.status_code == 422
        assert NAME in answer.content.decode()
        merit = client.post(url, sent | {"text": TEXT, "ground": "merit", "proof": stages.paper()})
        assert merit.status_code == 422
        assert "评审得分" in merit.content.decode()
        assert "主管部门决定是否受理" in answer.content.decode()  # an officer does, by the service
        answer = client.post(url, sent | {"text": TEXT, "proof": stages.paper()}, follow=True)
        assert answer.status_code == 200
        assert Objection.objects.get().number in answer.content.decode()
        proof = reverse("awards:objection_file", args=[ObjectionFile.objects.get().pk])
        assert client_of(people.officer).get(proof).status_code == 200
        for person in (people.owner, people.finance, people.secretary):
            assert client_of(person).get(proof).status_code == 403
        assert (
            client_of(None)
            .get(reverse("awards:objection_filed", args=[noticed.number]))
            .status_code
            == 302
        )

    def test_after_the_period_the_form_is_closed(self, client_of, noticed):
        stages.pass_day(noticed.ends_on)
        url = reverse("awards:file_objection", args=[noticed.number])
        page = client_of(None).get(url).content.decode()
        assert "现不在异议受理期内" in page
        assert "<textarea" not in page

    def test_the_firm_never_reads_who_objects(self, client_of, people, noticed, region, expert):
        """Not on the dossier, not in the inbox, not on the public page."""
        filed = objected(noticed)
        from awards.services import objections

        objections.accept_objection(
            objection=filed, finding="署名真实，线索具体，予以受理。", by=people.officer
        )
        pages = [
            reverse("applications:dossier", args=[filed.application_id]),
            reverse("notifications:inbox"),
            reverse("portal:public_notice", args=[noticed.number]),
            reverse("portal:workbench"),
        ]
        for person in (people.owner, region, None):
            for url in pages:
                text = client_of(person).get(url).content.decode()
                assert [s for s in (NAME, IDENTITY, CONTACT, TEXT) if s in text] == [], url


class TestDossierPanels:
    def test_a_firm_reads_its_result_once_it_is_on_notice(self, client_of, people, approved):
        from awards.services import notices

        url = reverse("applications:dossier", args=[Application.objects.get(title="P1").pk])
        firm, office = client_of(people.owner), client_of(people.officer)
        assert "评审结果" not in firm.get(url).content.decode()
        assert "评审结果" in office.get(url).content.decode()
        notices.publish_notice(call=approved.call, by=people.officer)
        page = firm.get(url).content.decode()
        assert "评审结果" in page
        assert "91.20" in page

    def test_the_next_act_stands_on_the_dossier(self, client_of, people, agreed, editor):
        url = reverse("applications:dossier", args=[agreed.award.application_id])
        claim = reverse("awards:claim_new", args=[stages.part(agreed, 1).pk])
        assert claim in client_of(people.owner).get(url).content.decode()
        assert claim not in client_of(editor).get(url).content.decode()
        stages.claimed(people, stages.part(agreed, 1))
        assert "由服务秘书到现场核实" in client_of(people.owner).get(url).content.decode()

    def test_a_part_is_answered_on_the_dossier(self, client_of, people):
        listed = stages.approved(people, stages.ranked(people, mode="partial"))
        item = listed.items.get(application__title="P4")
        url = reverse("applications:dossier", args=[item.application_id])
        client = client_of(people.owner)
        page = client.get(url).content.decode()
        assert "可安排 6,000 万元" in page
        assert "83.00" not in page  # the points are not published yet
        client.post(reverse("awards:answer_part", args=[item.pk]), {"agree": "1"})
        item.refresh_from_db()
        assert item.consent == "given"


class TestPaymentPages:
    def test_claim_to_voucher_by_hand(self, client_of, people, agreed):
        part = stages.part(agreed, 1)

        def post(person, name, pk, **data):
            return client_of(person).post(reverse(f"awards:{name}", args=[pk]), data)

        sent = {"invested": "1,000", "insured": "120", "statement": "主体厂房封顶，设备到货。"}
        answer = post(people.owner, "claim_new", part.pk, **sent)
        assert answer.status_code == 422
        assert "主体厂房封顶，设备到货。" in answer.content.decode()
        assert (
            post(people.owner, "claim_new", part.pk, evidence=stages.paper(), **sent).status_code
            == 302
        )
        claim = part.claims.get()
        assert claim.invested == 1_000 * WAN
        assert post(people.secretary, "claim", claim.pk, text="短", verify="1").status_code == 422
        assert post(people.secretary, "claim", claim.pk, text=REASON, verify="1").status_code == 302
        held = client_of(people.owner).get(reverse("awards:instalment", args=[part.pk]))
        assert "已转财政部门" in held.content.decode()  # who holds it, not the bare state
        assert post(people.finance, "enter", part.pk).status_code == 302
        own = post(people.finance, "release", part.pk)
        assert own.status_code == 403
        assert post(people.finance2, "release", part.pk).status_code == 302
        late = {"voucher_no": "ZF-1", "paid_on": (clock.today() + timedelta(days=1)).isoformat()}
        answer = post(people.finance, "record_paid", part.pk, **late)
        assert answer.status_code == 422
        assert "ZF-1" in answer.content.decode()
        late["paid_on"] = clock.today().isoformat()
        assert post(people.finance, "record_paid", part.pk, **late).status_code == 302
        assert post(people.finance, "record_paid", part.pk, **late).status_code in (409, 422)
        assert Payment.objects.get().voucher_no == "ZF-1"


def queries(client, url) -> int:
    client.get(url)  # whatever is kept between requests is kept now
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(seen)


@pytest.mark.parametrize("size", [3, 60])
def test_queries_do_not_grow_with_the_rows(client_of, people, size, supervisor):
    """The same number for 3 projects and for 60; lists at most 12, pages at most 15."""
    example = tuple((f"项目{n:02}", f"{99 - n / 2:.2f}", 10) for n in range(size))
    call = stages.ranked(people, example)
    awards = stages.awarded(people, call)
    assert len(awards) == size
    counts = {
        name: queries(client_of(person), reverse(name, args=args))
        for name, args, person in (
            ("awards:funding", [call.number], people.officer),
            ("awards:funding_list", [], people.officer),
            ("awards:notices", [], people.officer),
            ("awards:objections", [], people.officer),
            ("awards:agreements", [], people.officer),
            ("awards:payments", [], people.finance),
            ("awards:envelope", [], people.finance),
            ("awards:instalment", [awards[0].instalments.all()[0].pk], people.finance),
        )
    }
    most = {
        name: PAGE_MOST if name in ("awards:funding", "awards:instalment") else LIST_MOST
        for name in counts
    }
    assert {name: n for name, n in counts.items() if n > most[name]} == {}
    SEEN.setdefault("counts", counts)
    assert counts == SEEN["counts"]


SEEN: dict[str, dict[str, int]] = {}


def test_no_page_says_a_state_or_a_code_of_ours(client_of, people, agreed):
    """What a person reads are words; keys such as exceeds_rest stay inside."""
    number = agreed.award.application.call.number
    for url in (
        reverse("awards:funding", args=[number]),
        reverse("awards:agreements"),
        reverse("awards:payments"),
        reverse("applications:dossier", args=[agreed.award.application_id]),
    ):
        page = client_of(people.officer).get(url).content.decode()
        text = re.sub(r"<[^>]+>", " ", page)
        assert re.findall(r"\b(?:exceeds_rest|after_line|held_back|below_floor)\b", text) == []
    assert Application.objects.get(pk=agreed.award.application_id).status == Status.AGREED
