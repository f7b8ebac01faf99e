"""Agreement and allocation notice as documents, and the files by which both sides sign."""

import re
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from PIL import Image

from applications.models import Application
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from awards import witnessing
from awards.models import Agreement, Signature
from awards.papers import agreement_paper, allocation_paper
from awards.services import agreements, decisions
from papers import fonts
from papers.setting import set_paper
from portal.selectors import proofs
from portal.selectors.proofs import Proof
from tests.applications.test_uploads import PROGRAM, SCRIPT, docx, pdf
from tests.awards import stages
from tests.papers import reading

needs_font = pytest.mark.skipif(not fonts.available(), reason="no Chinese font on this machine")
LETTER = "吉财产业指〔2026〕89号"


@pytest.fixture
def drawn_up(people, awarded) -> Agreement:
    call = awarded[0].application.call
    decisions.record_allocation(
        call=call, number=LETTER, issued_on=clock.today(), by=people.finance
    )
    return agreements.draw_up(award=awarded[0], by=people.officer)


def text_of(paper) -> list[str]:
    return reading.pages(set_paper(paper))


def code_on(paper) -> str:
    """The code as it stands at the foot of the first page."""
    return re.search(r"验证码((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})", text_of(paper)[0])[1]


@needs_font
def test_the_agreement_says_what_was_frozen(drawn_up, people):
    shown = "".join(text_of(agreement_paper(drawn_up)))
    assert drawn_up.digest == sm3(canonical(drawn_up.content))
    for part in (
        "项目任务书", f"编号{drawn_up.number}", people.firm.name, people.firm.uscc, f"《{LETTER}》",
        "30,000,000.00元（大写：人民币叁仟万元整）",
        "第1期50%15,000,000.00人民币壹仟伍佰万元整", "第3期20%6,000,000.00人民币陆佰万元整",
        "甲方（盖章）", "乙方（盖章）",
    ):  # fmt: skip
        assert part in shown


@needs_font
def test_the_allocation_notice_sums_by_region_and_project(drawn_up, people, awarded):
    shown = "".join(text_of(allocation_paper(drawn_up.award.allocation)))
    assert "共3个项目，合计240,000,000.00元（大写：人民币贰亿肆仟万元整）" in shown
    assert "3个项目24,000" in shown
    for one in awarded:
        assert f"{one.application.title}{one.application.number}{people.firm.name}" in shown
    told = drawn_up.award.allocation.content["projects"]
    assert sum(Decimal(row["amount"]) for row in told) == drawn_up.award.allocation.total


@needs_font
def test_whoever_holds_a_document_verifies_it(client, drawn_up, people):
    for paper in (agreement_paper(drawn_up), allocation_paper(drawn_up.award.allocation)):
        proof, found = proofs.check_code(paper.number, code_on(paper))
        assert (proof, found.number, found.digest) == (Proof.HOLDS, paper.number, paper.digest)
        assert proofs.check(paper.number, paper.digest) == Proof.HOLDS
    code = code_on(agreement_paper(drawn_up))
    page = client.post(
        reverse("portal:verify"), {"number": drawn_up.number, "digest": code.lower()}
    )
    assert page.context["paper"].title == "项目任务书"
    assert "人民币叁仟万元整" in page.content.decode()
    assert people.firm.name in page.content.decode()


@needs_font
def test_a_code_tells_nothing_with_another_number(client, drawn_up):
    code = code_on(agreement_paper(drawn_up))
    for number, typed in ((LETTER, code), (drawn_up.number, "0" * 16), ("x", code)):
        page = client.post(reverse("portal:verify"), {"number": number, "digest": typed})
        assert (page.context["proof"], page.context["paper"]) == (Proof.DIFFERS, None)
        assert "人民币" not in page.content.decode()


@needs_font
def test_an_altered_record_is_said_and_not_shown(drawn_up):
    code = code_on(agreement_paper(drawn_up))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute('UPDATE awards_agreement SET content = \'{"amount": "1"}\'')
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
    assert proofs.check_code(drawn_up.number, code) == (Proof.ALTERED, None)


@needs_font
def test_who_downloads_them(client_of, drawn_up, people, supervisor, expert, applicant2, region):
    for name, pk in (
        ("awards:agreement_document", drawn_up.pk),
        ("awards:allocation_document", drawn_up.award.allocation_id),
    ):
        url = reverse(name, args=[pk])
        for person in (people.owner, people.officer, people.finance, supervisor):
            answer = client_of(person).get(url)
            assert answer["Content-Type"] == "application/pdf"
            assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
            assert answer.content.startswith(b"%PDF-")
        for person in (expert, applicant2, region):
            assert client_of(person).get(url).status_code == 404
        assert client_of(None).get(url).status_code == 302


def jpeg() -> SimpleUploadedFile:
    held = ContentFile(b"")
    Image.new("RGB", (8, 8)).save(held, "JPEG")
    return SimpleUploadedFile("扫描件.jpg", held.file.getvalue())


class TestScans:
    def test_both_sides_sign_with_their_scans(self, drawn_up, people):
        firm, office = stages.paper("乙方盖章"), jpeg()
        agreements.sign_for_firm(agreement=drawn_up, by=people.owner, scan=firm)
        agreements.sign_for_office(agreement=drawn_up, by=people.officer, scan=office)
        kept = {one.side: one for one in Signature.objects.filter(agreement=drawn_up)}
        assert {side: (one.name, one.provider, one.content_type) for side, one in kept.items()} == {
            "firm": ("乙方盖章.pdf", "", "application/pdf"),
            "office": ("扫描件.jpg", "", "image/jpeg"),
        }
        for one, given in ((kept["firm"], firm), (kept["office"], office)):
            given.seek(0)
            assert one.file.read() == given.read()
            assert one.digest == sm3(one.file.open().read())
        assert Application.objects.get(title="P1").status == Status.AGREED
        told = Event.objects.get(action="agreement.sign_office").after["signatures"]
        assert told == [f"{s} scan {kept[s].digest}" for s in ("firm", "office")]
        assert list(witnessing.awards()) == []

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.pdf", b""),
            ("a.pdf", b"GIF89a"),
            ("a.pdf", pdf(SCRIPT)),
            ("a.pdf", pdf(PROGRAM)),
            ("a.docx", docx()),
            ("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 200),
            ("a.svg", b"<svg/>"),
        ],
    )
    def test_what_is_no_scan_is_refused_and_nothing_is_signed(self, drawn_up, people, name, data):
        with pytest.raises(Invalid) as refused:
            agreements.sign_for_firm(
                agreement=drawn_up, by=people.owner, scan=SimpleUploadedFile(name, data)
            )
        assert refused.value.field == "upload"
        assert Agreement.objects.get(pk=drawn_up.pk).firm_signed_at is None
        assert not Signature.objects.exists()

    @needs_font
    def test_the_agreement_as_it_was_downloaded_is_no_scan(self, drawn_up, people):
        plain = SimpleUploadedFile("任务书.pdf", set_paper(agreement_paper(drawn_up)))
        with pytest.raises(Invalid, match=r"Stamp it|盖章"):
            agreements.sign_for_firm(agreement=drawn_up, by=people.owner, scan=plain)

    def test_by_the_page(self, client_of, drawn_up, people):
        url = reverse("awards:sign", args=[drawn_up.pk])
        client = client_of(people.owner)
        assert "测试章，不具法律效力" in client.get(url).content.decode()
        assert client.post(url).status_code == 422
        answer = client.post(url, {"upload": SimpleUploadedFile("a.pdf", b"GIF89a")})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["upload"])
        assert client.post(url, {"upload": stages.paper("乙方盖章")}).status_code == 302
        page = client.get(reverse("awards:agreement", args=[drawn_up.pk])).content.decode()
        kept = Signature.objects.get()
        assert kept.digest in page
        file = client.get(reverse("awards:signature", args=[drawn_up.pk, "firm"]))
        assert sm3(b"".join(file)) == kept.digest
        assert file["X-Content-Type-Options"] == "nosniff"
        for side in ("office", "nobody"):
            missing = reverse("awards:signature", args=[drawn_up.pk, side])
            assert client.get(missing).status_code == 404


@needs_font
class TestSeals:
    @pytest.fixture(autouse=True)
    def sealing(self, settings):
        settings.STEELYARD_SEAL = "papers.trial_seal.TrialSeal"

    def test_both_seals_stand_on_one_document_and_say_that_they_are_tests(self, drawn_up, people):
        agreements.sign_for_firm(agreement=drawn_up, by=people.owner)
        agreements.sign_for_office(agreement=drawn_up, by=people.officer)
        kept = Signature.objects.get(side="office")
        assert (kept.provider, kept.is_test) == ("trial", True)
        shown = reading.pages(kept.file.read())
        assert shown[-1].count("测试章不具法律效力") == 2
        assert all(page.count("不具法律效力") >= 2 for page in shown)
        assert Signature.objects.get(side="firm").digest == kept.certificate["sealed"]
        assert Application.objects.get(title="P1").status == Status.AGREED
        assert list(witnessing.awards()) == []

    def test_a_seal_beside_a_scan(self, drawn_up, people):
        agreements.sign_for_firm(agreement=drawn_up, by=people.owner, scan=jpeg())
        agreements.sign_for_office(agreement=drawn_up, by=people.officer)
        assert Application.objects.get(title="P1").status == Status.AGREED
        plain = sm3(set_paper(agreement_paper(drawn_up)))
        assert Signature.objects.get(side="office").certificate["sealed"] == plain

    def test_by_the_page(self, client_of, drawn_up, people):
        url = reverse("awards:sign", args=[drawn_up.pk])
        for person in (people.owner, people.officer):
            assert client_of(person).post(url, {"seal": "1"}).status_code == 302
        page = client_of(people.owner).get(reverse("awards:agreement", args=[drawn_up.pk]))
        assert page.content.decode().count("测试章，不具法律效力") == 2

    def test_without_a_provider_a_scan_is_asked_for(self, client_of, drawn_up, people, settings):
        settings.STEELYARD_SEAL = ""
        with pytest.raises(WrongState, match=r"scan|扫描件"):
            agreements.sign_for_firm(agreement=drawn_up, by=people.owner)
        client, url = client_of(people.owner), reverse("awards:sign", args=[drawn_up.pk])
        assert 'name="seal"' not in client.get(url).content.decode()
        assert client.post(url, {"seal": "1"}).status_code == 409

    def test_a_sealed_file_that_was_exchanged_is_not_sealed_again(self, drawn_up, people):
        agreements.sign_for_firm(agreement=drawn_up, by=people.owner)
        kept = Signature.objects.get()
        with kept.file.storage.open(kept.file.name, "wb") as held:
            held.write(pdf())
        with pytest.raises(WrongState):
            agreements.sign_for_office(agreement=drawn_up, by=people.officer)

    def test_nobody_else_signs(self, drawn_up, people, editor, applicant2):
        for person in (editor, applicant2, people.officer, people.finance):
            with pytest.raises(NotPermitted):
                agreements.sign_for_firm(agreement=drawn_up, by=person)


SIGNED = "UPDATE awards_agreement SET {0}_signed_by_id = drawn_up_by_id, {0}_signed_at = now()"
FILED = """
INSERT INTO awards_signature (agreement_id, side, name, file, size, content_type, digest, provider,
    is_test, certificate, signed_by_id, signed_at)
SELECT id, 'firm', 'a', 'a', 1, 'a', 'a', '', false, '{}', drawn_up_by_id, now()
FROM awards_agreement
"""


@pytest.mark.parametrize("sql", [SIGNED.format("firm"), SIGNED.format("office"), FILED])
def test_nobody_signs_without_a_file_nor_a_file_without_signing(drawn_up, sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        connection.check_constraints()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE awards_signature SET digest = repeat('a', 64)", "signatures"),
        ("UPDATE awards_signature SET provider = 'real', certificate = '{}'", "signatures"),
        ("DELETE FROM awards_signature", "signatures"),
        ("UPDATE awards_allocationnotice SET content = '{}'", LETTER),
    ],
)
def test_what_is_altered_behind_the_services_is_named(drawn_up, people, sql, said):
    stages.signed(people, drawn_up)
    assert list(witnessing.awards()) == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
    assert any(said in line for line in witnessing.awards())
