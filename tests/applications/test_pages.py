"""Every page of calls and dossiers: who gets it, how many queries, and nothing typed lost."""

import re
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from applications.models import Attachment, Section
from applications.services import calls, dossiers
from applications.workflow import Status
from audit import clock
from tests import making
from tests.applications import filling

pytestmark = pytest.mark.django_db


def page(client, name, *args, status=200, queries=None):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(reverse(f"applications:{name}", args=args))
    assert answer.status_code == status, name
    if queries is not None:
        assert len(captured) <= queries, "\n".join(q["sql"][:150] for q in captured)
    return answer


SECTIONS = (
    "firm", "project", "investment", "land_permits", "technology", "market", "green",
    "employment", "attachments",
)  # fmt: skip


def test_every_page_of_a_draft_opens_for_its_people_only(
    complete, applicant, editor, viewer, applicant2, officer, region, sysadmin, client_of
):
    pk = complete.pk
    pages = [("dossier", pk), ("check", pk), ("edits", pk)]
    pages += [("section", pk, code) for code in SECTIONS]
    for person in (applicant, editor, viewer):
        client = client_of(person)
        for name, *args in pages:
            page(client, name, *args, queries=15)
    for person in (applicant2, officer, region, sysadmin):
        client = client_of(person)
        for name, *args in pages:
            page(client, name, *args, status=404)


def test_every_page_of_a_submission_opens_for_those_it_concerns(
    submitted, applicant, applicant2, officer, region, region2, supervisor, approver, finance,
    expert, lead, secretary, sysadmin, client_of,
):  # fmt: skip
    file = Attachment.objects.filter(application=submitted).first()
    pages = [
        ("dossier", submitted.pk), ("receipt", submitted.pk, 1), ("versions", submitted.pk),
        ("attachment", file.pk),
    ]  # fmt: skip
    for person in (applicant, officer, region, supervisor, approver, finance):
        for name, *args in pages:
            page(client_of(person), name, *args, queries=15)
    for person in (applicant2, region2, expert, lead, secretary, sysadmin):
        for name, *args in pages:
            page(client_of(person), name, *args, status=404)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_both_languages(submitted, applicant, officer, client_of, language):
    for person, name, args in (
        (applicant, "dossier_list", ()),
        (applicant, "dossier", (submitted.pk,)),
        (officer, "dossier_list", ()),
        (officer, "dossier", (submitted.pk,)),
        (officer, "call", (submitted.call_id,)),
        (officer, "call_list", ()),
        (officer, "edition", (submitted.call_id, 1)),
        (officer, "competition_reviews", (submitted.call.scheme.code,)),
    ):
        client = client_of(person)
        client.cookies["django_language"] = language
        assert page(client, name, *args, queries=15)["Content-Language"]


def test_lists_cost_the_same_for_few_and_for_many(
    submitted, applicant, officer, client_of, monkeypatch
):
    monkeypatch.setattr(making, "_next", count(1000))

    clients = client_of(applicant), client_of(officer)

    def cost(client):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("applications:dossier_list")).status_code == 200
        return len(captured)

    few = [cost(client) for client in clients]
    for n in range(57):
        making.dossier(submitted.call, submitted.firm, title=f"项目{n}")
    many = [cost(client) for client in clients]
    assert few == many
    assert max(many) <= 12


def test_what_was_typed_wrong_stays_on_the_page(draft, applicant, client_of):
    client = client_of(applicant)
    url = reverse("applications:section", args=[draft.pk, "investment"])
    answer = client.post(url, {"version": 0, "fixed_assets_yuan": "一万", "requested_yuan": "-5"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'value="一万"' in text
    assert 'value="-5"' in text
    assert text.count("is-error") >= 2
    assert Section.objects.get(application=draft, code="investment").version == 0


def test_a_refused_form_keeps_the_version_it_was_read_at(draft, applicant, editor, client_of):
    """Else correcting a slip would overwrite what a colleague saved meanwhile."""
    filling.save(draft, "market", editor, market="同事的文字")
    url = reverse("applications:section", args=[draft.pk, "market"])
    client = client_of(applicant)
    slip = client.post(url, {"version": 0, "market": "我的文字", "tax_yuan": "x"})
    assert 'name="version" value="0"' in slip.content.decode()
    assert client.post(url, {"version": 0, "market": "我的文字"}).status_code == 409
    assert Section.objects.get(application=draft, code="market").data["market"] == "同事的文字"


def test_what_is_typed_when_the_call_closes_stays_on_the_page(draft, applicant, client_of):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE applications_call SET closes_at = steelyard_now()")
        cursor.execute("SET LOCAL session_replication_role = origin")
    url = reverse("applications:section", args=[draft.pk, "market"])
    late = client_of(applicant).post(url, {"version": 0, "market": "写到一半的文字"})
    text = late.content.decode()
    assert "写到一半的文字" in text
    assert 'role="alert"' in text
    assert Section.objects.get(application=draft, code="market").version == 0


def test_amounts_are_typed_in_wan_and_kept_in_yuan(draft, applicant, client_of):
    client = client_of(applicant)
    url = reverse("applications:section", args=[draft.pk, "investment"])
    assert (
        client.post(
            url, {"version": 0, "fixed_assets_yuan": "12,600.5", "then": "later"}
        ).status_code
        == 302
    )
    stored = Section.objects.get(application=draft, code="investment")
    assert stored.data == {"fixed_assets_yuan": "126005000.00"}
    assert 'value="12,600.5"' in client.get(url).content.decode()


def test_two_tabs_get_both_texts_and_lose_neither(draft, applicant, editor, client_of):
    url = reverse("applications:section", args=[draft.pk, "market"])
    first, second = client_of(applicant), client_of(editor)
    assert (
        first.post(url, {"version": 0, "market": "甲方的文字", "then": "later"}).status_code == 302
    )
    clash = second.post(url, {"version": 0, "market": "乙方的文字", "tax_yuan": "1000"})
    assert clash.status_code == 409
    text = clash.content.decode()
    assert "甲方的文字" in text
    assert "乙方的文字" in text
    merged = second.post(
        reverse("applications:merge", args=[draft.pk, "market"]),
        {
            "version": 1, "market-choice": "theirs", "theirs-market": "甲方的文字",
            "mine-market": "乙方的文字", "mine-tax_yuan": "1000",
        },
    )  # fmt: skip
    assert merged.status_code == 302
    stored = Section.objects.get(application=draft, code="market")
    assert stored.data == {"market": "甲方的文字", "tax_yuan": "10000000.00"}


def test_autosave_answers_with_what_changed(complete, applicant, client_of):
    client = client_of(applicant)
    row = Section.objects.get(application=complete, code="investment")
    form = {k: v for k, v in row.data.items() if not k.endswith("_yuan")}
    form |= {k: str(float(v) / 10000) for k, v in row.data.items() if k.endswith("_yuan")}
    url = reverse("applications:autosave", args=[complete.pk, "investment"])
    saved = client.post(
        url,
        {**form, "fixed_assets_yuan": "33000", "other_costs_yuan": "3000", "version": row.version},
    )
    assert saved.status_code == 200
    text = saved.content.decode()
    assert "33,000" in text  # the sum of the three parts
    assert "32,000" in text  # the filing certificate says another figure
    again = client.post(url, {**form, "version": row.version})
    assert again.status_code == 409
    wrong = client.post(url, {**form, "fixed_assets_yuan": "x", "version": row.version + 1})
    assert wrong.status_code == 422


def test_submitting_by_the_page_leads_to_the_receipt(complete, applicant, client_of):
    client = client_of(applicant)
    refused = client.post(reverse("applications:submit", args=[complete.pk]))
    assert refused.status_code == 422
    sent = client.post(reverse("applications:submit", args=[complete.pk]), {"commitment": "yes"})
    assert sent.url == reverse("applications:receipt", args=[complete.pk, 1])
    again = client.post(reverse("applications:submit", args=[complete.pk]), {"commitment": "yes"})
    assert again.url == sent.url
    assert page(client, "receipt", complete.pk, 1).content.decode().count("-0001") > 0


def test_the_firm_learns_its_place_only_when_it_is_published(
    submitted, applicant, officer, client_of
):
    making.move(submitted, Status.PROPOSED)
    own = page(client_of(applicant), "dossier", submitted.pk).content.decode()
    office = page(client_of(officer), "dossier", submitted.pk).content.decode()
    from applications.wording import STATUS_NAMES

    assert str(STATUS_NAMES[Status.PROPOSED]) not in own
    assert str(STATUS_NAMES[Status.PROPOSED]) in office


def test_files_are_kept_and_given_only_to_those_who_may(
    draft, applicant, viewer, applicant2, client_of
):
    client = client_of(applicant)
    url = reverse("applications:upload", args=[draft.pk])
    sent = client.post(url, {"document": "licence", "upload": filling.pdf("营业执照")})
    assert sent.status_code == 302
    file = Attachment.objects.get()
    answer = client.get(reverse("applications:attachment", args=[file.pk]))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "licence" not in file.file.name
    assert page(client_of(viewer), "attachment", file.pk)
    page(client_of(applicant2), "attachment", file.pk, status=404)
    for wrong in ({"document": "licence"}, {"document": "unheard", "upload": filling.pdf("x")}):
        assert client.post(url, wrong).status_code in (409, 422)
    assert client.post(reverse("applications:remove_attachment", args=[file.pk])).status_code == 302
    page(client, "attachment", file.pk, status=404)


def new_call(scheme, **more):
    return {
        "scheme": scheme.pk, "year": 2026, "name_zh": "2026年度第一批", "name_en": "First",
        "opens_at": "2026-12-01T09:00", "closes_at": "2027-01-15T17:00",
        "envelope": "10,000", "max_request": "3000", "contact": "a", "complaint_line": "b",
    } | more  # fmt: skip


def token(answer):
    [found] = re.findall(r'name="once" value="([0-9a-f]{32})"', answer.content.decode())
    return found


def test_a_new_call_and_a_review_sent_twice_are_made_once(reviewed, officer, client_of):
    client = client_of(officer)
    made = {}
    for name, args, sent in (
        ("call_create", [], new_call(reviewed)),
        (
            "competition_reviews",
            [reviewed.code],
            {
                "document_no": "公竞审〔2026〕8号", "conclusion": "符合",
                "reviewed_on": "2026-01-01", "expires_on": "2029-01-01",
            },
        ),
    ):  # fmt: skip
        url = reverse(f"applications:{name}", args=args)
        whole = sent | {"once": token(client.get(url))}
        made[name] = {client.post(url, whole).url for _again in range(2)}
    assert [len(urls) for urls in made.values()] == [1, 1]
    assert calls.Call.objects.count() == 1
    assert reviewed.competition_reviews.filter(document_no="公竞审〔2026〕8号").count() == 1


def test_a_call_is_made_changed_and_published_by_the_pages(reviewed, officer, officer2, client_of):
    first, second = client_of(officer), client_of(officer2)
    made = first.post(reverse("applications:call_create"), new_call(reviewed))
    call = calls.Call.objects.get()
    assert made.url == reverse("applications:call", args=[call.pk])
    assert (call.envelope, call.number) == (100000000, "2026-1")
    incomplete = first.post(reverse("applications:call_propose", args=[call.pk]))
    assert incomplete.status_code == 422
    edit = lambda part: reverse("applications:call_edit", args=[call.pk, part])  # noqa: E731
    for part in ("basics", "guide", "rules", "documents", "screening", "sheet"):
        assert first.get(edit(part)).status_code == 200
    assert first.post(edit("guide"), {"guide_zh": "正文", "guide_en": "text"}).status_code == 302
    assert first.post(reverse("applications:call_propose", args=[call.pk])).status_code == 302
    own = first.post(reverse("applications:call_publish", args=[call.pk]))
    assert own.status_code == 403
    asked = first.get(reverse("applications:call_publish", args=[call.pk]))
    assert "须由另一位经办人发布" in asked.content.decode()
    assert 'id="confirm"' not in asked.content.decode()
    assert second.get(reverse("applications:call_publish", args=[call.pk])).status_code == 200
    assert second.post(reverse("applications:call_publish", args=[call.pk])).status_code == 302
    call.refresh_from_db()
    assert call.status == "published"
    again = second.get(reverse("applications:call_publish", args=[call.pk])).content.decode()
    assert 'id="confirm"' not in again
    assert second.post(edit("guide"), {"guide_zh": "x", "guide_en": "y"}).status_code == 200
    call.refresh_from_db()
    assert call.guide_zh == "正文"


def test_opening_a_dossier_by_the_page(call, applicant, viewer, client_of):
    url = reverse("applications:start", args=[call.number])
    client = client_of(applicant)
    assert client.get(url).status_code == 200
    form = {
        "title": "果仁项目",
        "region": "220581",
        "industry": "nuts",
        "firm": str(dossiers.Organisation.objects.get(name__contains="松源").pk),
    }
    sent = client.post(url, form)
    assert sent.status_code == 302
    taken = client.post(url, form)
    assert taken.status_code == 200
    assert 'value="果仁项目"' in taken.content.decode()
    assert client_of(viewer).get(url).status_code == 403


def test_what_a_draft_asks_of_whom(draft, applicant, editor, viewer):
    from applications.waiting import waiting_for

    with translation.override("zh-hans"):
        asked = {
            person.username: [item.title for item in waiting_for(person, clock.now())]
            for person in (applicant, editor, viewer)
        }
    assert asked == {
        "applicant": ["填完并提交：松籽仁精深加工及冷链项目"],
        "editor": ["填完，由负责人提交：松籽仁精深加工及冷链项目"],
        "viewer": [],
    }
