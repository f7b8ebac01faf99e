"""得分告知书: what the firm reads of its points, given out as a document."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from applications.models import Application, Call
from audit.digests import canonical, sm3
from audit.models import Event
from papers import fonts
from papers.setting import set_paper
from portal.selectors import proofs
from portal.selectors.proofs import Proof
from reviews import witnessing
from reviews.models import Expert, PointsStatement
from reviews.services import ranking
from reviews.statements import statement_paper
from tests.papers import reading

pytestmark = pytest.mark.django_db
needs_font = pytest.mark.skipif(not fonts.available(), reason="no Chinese font on this machine")


@pytest.fixture
def dossier(scored, officer) -> Application:
    """One of the ranked dossiers, before the results are out."""
    ranking.close_scoring(call=scored, by=officer)
    ranking.compute_ranking(call=scored, by=officer)
    return Application.objects.filter(call=scored).order_by("pk").first()


@pytest.fixture
def published(dossier) -> Application:
    Call.objects.filter(pk=dossier.call_id).update(status="on_notice")
    return dossier


def issue(client, dossier):
    return client.post(reverse("reviews:issue_statement", args=[dossier.pk]))


def test_nothing_is_given_out_before_the_results_are(client_of, dossier, applicant, officer):
    for person in (applicant, officer):
        assert issue(client_of(person), dossier).status_code == 404
    assert not PointsStatement.objects.exists()


@needs_font
def test_the_firm_gets_leaf_by_leaf_what_its_page_shows_and_no_pseudonym(
    client_of, published, applicant
):
    client = client_of(applicant)
    answer = issue(client, published)
    given = PointsStatement.objects.get()
    assert answer["Location"] == reverse("reviews:statement", args=[given.pk])
    assert client.get(answer["Location"])["Content-Type"] == "application/pdf"
    assert (given.number, given.digest) == (f"{published.number}-S1", sm3(canonical(given.content)))
    shown = "".join(reading.pages(set_paper(statement_paper(given))))
    for part in ("评审得分告知书", "专家1", "专家5", "Q1.2", "J4.2", "公式计分", published.title):
        assert part in shown
    everything = shown + str(given.content)
    assert not [e.pseudonym for e in Expert.objects.all() if e.pseudonym in everything]
    page = client.get(reverse("reviews:own_points", args=[published.pk]))
    assert [row["code"] for row in given.content["formula"]] == [
        row["code"] for row in page.context["formula"]
    ]
    assert given.content["paper"]["rows"][0]["total"] in page.content.decode()
    assert given.number in page.content.decode()


def test_the_same_content_is_given_out_once_in_whatever_language(
    client_of, published, applicant, officer
):
    for person, language in ((applicant, "zh-hans"), (applicant, "en"), (officer, "en")):
        client = client_of(person)
        client.cookies["django_language"] = language
        assert issue(client, published).status_code == 302
    given = PointsStatement.objects.get()
    told = Event.objects.get(action="statement.issue")
    assert (told.actor_id, told.after["digest"]) == (applicant.pk, given.digest)
    assert given.content["head"][0][0] == "项目名称"
    assert list(witnessing.statements()) == []


def test_who_gets_it(
    client_of,
    published,
    applicant,
    viewer,
    applicant2,
    officer,
    supervisor,
    finance,
    expert,
    region,
):
    given = reverse("reviews:statement", args=[1_000_000])
    assert client_of(officer).get(given).status_code == 404
    issue(client_of(viewer), published)
    url = reverse("reviews:statement", args=[PointsStatement.objects.get().pk])
    readers = (applicant, viewer, officer, supervisor, finance)
    if fonts.available():
        assert {client_of(person).get(url).status_code for person in readers} == {200}
    strangers = (applicant2, expert, region)
    assert {client_of(person).get(url).status_code for person in strangers} == {404}
    givers = (supervisor, finance, *strangers)
    assert {issue(client_of(person), published).status_code for person in givers} == {404}


def test_its_code_is_verified_by_the_public(client, client_of, published, applicant, settings):
    issue(client_of(applicant), published)
    given = PointsStatement.objects.get()
    assert proofs.check(given.number, given.digest) == Proof.HOLDS
    from papers.codes import code_of

    code = code_of(settings.STEELYARD_AUDIT_KEY, given.number, given.digest)
    page = client.post(reverse("portal:verify"), {"number": given.number, "digest": code})
    assert page.context["proof"] == Proof.HOLDS
    assert published.title in page.content.decode()


def test_what_was_given_out_stays_and_what_is_altered_is_named(client_of, published, applicant):
    issue(client_of(applicant), published)
    sql = "UPDATE reviews_pointsstatement SET content = '{}'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = 'origin'")
    assert [f"{published.number}-S1" in line for line in witnessing.statements()] == [True]


def test_an_order_settled_together_is_said_with_its_minutes(
    client_of, published, applicant, officer, approver
):
    call = Call.objects.get(pk=published.call_id)
    Call.objects.filter(pk=call.pk).update(status="ranked")
    tied = list(Application.objects.filter(call=call).order_by("pk").values_list("pk", flat=True))
    decision = ranking.propose_joint_decision(
        call=call,
        order=tied,
        minutes_no="会商纪要〔2026〕1号",
        reason="经联席会议研究确定先后",
        by=officer,
    )
    ranking.confirm_joint_decision(decision=decision, by=approver)
    ranking.compute_ranking(call=call, by=officer)
    Call.objects.filter(pk=call.pk).update(status="on_notice")
    issue(client_of(applicant), published)
    told = dict(PointsStatement.objects.get().content["head"])
    assert told["位次"] == "第1名"
    assert told["同分排序"].endswith("会商纪要〔2026〕1号")
