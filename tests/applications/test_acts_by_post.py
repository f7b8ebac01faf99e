"""Acts on calls and dossiers by their pages, each within the statements of a post."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import Recommendation, Section
from applications.services import calls, corrections, dossiers
from applications.workflow import Status
from audit import clock
from tests import making
from tests.applications import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client_of):
    """post(person, "call_propose", pk): it succeeds."""

    def act(person, name, *args, **data):
        answer = client_of(person).post(reverse(f"applications:{name}", args=args), data)
        assert answer.status_code == 302, answer.content.decode()

    return act


def test_a_call_there_and_back(draft_call, officer, officer2, post):
    pk = draft_call.pk
    post(officer, "call_propose", pk)
    post(officer2, "call_send_back", pk, reason="额度有误，请核对后再报。")
    post(officer, "call_propose", pk)
    post(officer, "call_send_back", pk, reason="")
    post(officer, "call_propose", pk)
    post(officer2, "call_publish", pk)
    draft_call.refresh_from_db()
    assert draft_call.status == "published"


def test_a_publication_is_taken_back_before_the_opening(draft_call, officer, officer2, post):
    calls.edit_call(call=draft_call, opens_at=clock.now() + timedelta(days=5), by=officer)
    calls.propose_call(call=draft_call, by=officer)
    calls.publish_call(call=draft_call, by=officer2)
    post(officer, "call_take_back", draft_call.pk, reason="指南有误，须重新发布。")
    draft_call.refresh_from_db()
    assert draft_call.status == "draft"


def renamed(dossier, person, post, **more):
    """The project section by its page; the dossier's title, place and industry follow it."""
    row = Section.objects.get(application=dossier, code="project")
    changed = {"title": "改名的项目", "industry": "biopharma", **more}
    form = {**filling.project(dossier), **changed, "version": row.version, "then": "later"}
    post(person, "section", dossier.pk, "project", **form)
    dossier.refresh_from_db()
    assert (dossier.title, dossier.industry.code) == ("改名的项目", "biopharma")


def test_the_project_section_by_an_editor(draft, editor, post):
    renamed(draft, editor, post, region="220500")


def test_a_correction_is_sent_in_and_then_withdrawn(submitted, applicant, editor, region, post):
    corrections.return_to_firm(
        application=submitted,
        reasons=[{"section": "market", "text": "请补充订单情况。"}],
        by=region,
    )
    renamed(submitted, editor, post)
    filling.save(submitted, "market", applicant, orders_percent="60")
    post(applicant, "submit", submitted.pk, commitment="yes")
    assert submitted.submissions.count() == 2
    post(applicant, "withdraw", submitted.pk, reason="企业资金安排有变，撤回申报。")
    submitted.refresh_from_db()
    assert submitted.status == Status.WITHDRAWN


def test_a_draft_is_withdrawn(draft, applicant, post):
    post(applicant, "withdraw", draft.pk, reason="")
    draft.refresh_from_db()
    assert draft.status == Status.WITHDRAWN


def test_a_dossier_at_screening_is_returned_with_every_reason(
    submitted, officer, applicant, region, post
):
    making.move(submitted, Status.RECOMMENDED)
    Recommendation.objects.create(
        application=submitted,
        call=submitted.call,
        region=submitted.region,
        rank=1,
        letter_no="梅工信〔2026〕8号",
        recommended_by=region,
        recommended_at=clock.now(),
    )
    reasons = {"reasons-TOTAL_FORMS": "4", "reasons-INITIAL_FORMS": "0"}
    for n, code in enumerate(("market", "green", "investment")):
        reasons |= {f"reasons-{n}-section": code, f"reasons-{n}-text": "请补充有关材料。"}
    post(officer, "screening_return", submitted.pk, **reasons)
    submitted.refresh_from_db()
    assert submitted.status == Status.RETURNED
    post(applicant, "submit", submitted.pk, commitment="yes")
    assert dossiers.Submission.objects.filter(application=submitted).count() == 2
