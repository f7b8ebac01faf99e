"""The draw as the public reads it: digests before the numbers are revealed, everything after."""

import json
import subprocess
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call, CallStatus
from audit import clock
from awards.models import PublicNotice
from portal.selectors import proofs
from reviews.services import draws, seats, voiding
from tests.maths.test_verify_draw import verify
from tests.reviews import round
from tests.reviews.conftest import draw, grouped, pool, screened  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def closed(draw):  # noqa: F811
    """One expert declined and was followed; the review is closed."""
    leaving = draw.seats.select_related("expert__user").get(code__startswith="finance")
    seats.decline(seat=leaving, reason="评审期间出差", by=leaving.expert.user)
    Call.objects.filter(pk=draw.call_id).update(status=CallStatus.SCORED)
    draw.refresh_from_db()
    return draw


def page_of(client, made):
    return client.get(reverse("portal:public_draw", args=[made.number]))


def test_digests_are_public_before_anything_is_revealed(client, grouped, officer, supervisor):  # noqa: F811
    url = reverse("portal:public_call", args=[grouped.number])
    made = draws.prepare_draw(call=grouped, by=officer)
    assert made.input_hash in client.get(url).content.decode()
    draws.commit_secret(draw=made, secret=round.OFFICERS, by=officer)
    made = draws.commit_secret(draw=made, secret=round.SUPERVISORS, by=supervisor)
    text = client.get(url).content.decode()
    for digest in (made.input_hash, made.operator_commitment, made.supervisor_commitment):
        assert digest in text
    assert "Both sealed by" in text
    for hidden in (made.salt, round.OFFICERS, round.SUPERVISORS, made.input["experts"][0]["id"]):
        assert hidden not in text
    assert reverse("portal:public_draw", args=[made.number]) not in text
    assert proofs.check(made.number, made.input_hash) == proofs.Proof.HOLDS


def test_nothing_of_it_is_there_before_the_review_is_closed(client, draw, officer):  # noqa: F811
    for name in ("public_draw", "draw_certificate"):
        assert client.get(reverse(f"portal:{name}", args=[draw.number])).status_code == 404
        assert client.get(reverse(f"portal:{name}", args=["2099-1-D1"])).status_code == 404
    call = client.get(reverse("portal:public_call", args=[draw.call.number])).content.decode()
    assert not [e["id"] for e in draw.input["experts"] if e["id"] in call]


def test_anybody_reads_who_was_drawn_by_pseudonym_and_no_name(client, closed):
    page = page_of(client, closed)
    assert page.status_code == 200
    text = page.content.decode()
    assert page.context["verification"]["holds"] is True
    for seat in closed.seats.select_related("expert__user", "expert__employer"):
        assert seat.expert.pseudonym in text
        assert seat.expert.user.name not in text
        assert seat.expert.employer.name not in text
    for person in (closed.operator, closed.supervisor):
        assert person.name not in text
    assert "programme officer" in text and "supervisor" in text
    assert "gave up the seat" in text and "出差" not in text
    call = client.get(reverse("portal:public_call", args=[closed.call.number])).content.decode()
    assert reverse("portal:public_draw", args=[closed.number]) in call


def test_its_certificate_verifies_and_has_the_digest_of_the_page(client, closed):
    answer = client.get(reverse("portal:draw_certificate", args=[closed.number]))
    certificate = json.loads(answer.content)
    assert verify.check(certificate) == ([], True)
    assert verify.digest(certificate) == page_of(client, closed).context["digest"]
    assert answer["Content-Disposition"] == f'attachment; filename="draw-{closed.number}.json"'


def test_the_program_that_checks_it_is_handed_out_and_finds_that_it_holds(client, closed, tmp_path):
    address = reverse("portal:verifier")
    assert f'href="{address}"' in page_of(client, closed).content.decode()
    program, file = tmp_path / "verify-draw", tmp_path / "draw.json"
    program.write_bytes(client.get(address).content)
    certificate = client.get(reverse("portal:draw_certificate", args=[closed.number]))
    file.write_bytes(certificate.content)
    run = subprocess.run([sys.executable, "-I", program, file], capture_output=True, check=False)
    assert (run.returncode, run.stdout.decode().split(":")[0]) == (
        0,
        f"{closed.number} holds",
    )


def test_a_firm_finds_its_own_panel(client, client_of, applicant, applicant2, closed):
    dossier = closed.call.applications.order_by("number").first().number
    own = page_of(client_of(applicant), closed)
    assert [p["panel"].number for p in own.context["mine"]] == ["1"]
    assert page_of(client_of(applicant2), closed).context["mine"] == []
    url = reverse("portal:public_draw", args=[closed.number])
    assert len(client.get(url, {"dossier": dossier}).context["mine"]) == 1
    assert "No panel of this draw" in client.get(url, {"dossier": "<b>"}).content.decode()


def test_an_altered_row_is_said_in_words(client, closed, monkeypatch):
    monkeypatch.setattr(
        "portal.selectors.draws.certificates.reproduce",
        lambda certificate: ["replacement 1: E0003 is next in the order"],
    )
    text = page_of(client, closed).content.decode()
    assert "The draw does not hold." in text
    assert "A replacement is not the next in the drawn order." in text


def test_a_voided_draw_and_the_next_stand_with_their_reasons(client, draw, officer, supervisor):  # noqa: F811
    voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=supervisor)
    again = draws.prepare_draw(call=draw.call, reason="专家类别更正后重新抽取", by=officer)
    draws.commit_secret(draw=again, secret=round.OFFICERS, by=officer)
    draws.commit_secret(draw=again, secret=round.SUPERVISORS, by=supervisor)
    draws.reveal_supervisor(draw=again, secret=round.SUPERVISORS, by=supervisor)
    draws.perform_draw(draw=again, secret=round.OFFICERS, by=officer)
    Call.objects.filter(pk=draw.call_id).update(status=CallStatus.SCORED)
    assert "一位专家的类别登记有误" in page_of(client, draw).content.decode()
    assert "专家类别更正后重新抽取" in page_of(client, again).content.decode()


def test_the_page_costs_fifteen_queries_at_most(client, client_of, applicant, closed):
    for face in (client, client_of(applicant)):
        for _again in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert page_of(face, closed).status_code == 200
            assert len(seen) <= 15


def test_a_reader_of_the_notice_finds_the_draw_once_it_is_public(client, draw, officer):  # noqa: F811
    today = clock.today()
    notice = PublicNotice.objects.create(
        call=draw.call,
        number="2026-1-N1",
        title="公示",
        starts_on=today,
        ends_on=today,
        working_days=1,
        content={},
        digest="1" * 64,
        published_by=officer,
        published_at=clock.now(),
    )
    page, link = reverse("portal:public_notice", args=[notice.number]), f"/drawn/{draw.number}/"
    assert link not in client.get(page).content.decode()
    Call.objects.filter(pk=draw.call_id).update(status=CallStatus.SCORED)
    assert (
        f'<a href="{link}">Draw of experts {draw.number}</a>' in client.get(page).content.decode()
    )
