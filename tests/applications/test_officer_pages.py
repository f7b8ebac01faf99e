"""Pages of recommendation and screening: who sees what, what is kept, how many queries."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from applications.models import Application, Recommendation, Screening
from applications.services import recommendation, screening
from applications.workflow import Status
from audit import clock
from tests import making
from tests.applications.test_recommendation import Cast, check
from tests.signing import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def url(name: str, *args: object) -> str:
    return reverse(f"applications:{name}", args=args)


def recommended(cast: Cast, n: int) -> list[Application]:
    made = []
    for row in cast.dossiers(n):
        check(row, cast.county)
        making.move(row, Status.RECOMMENDED)
        Recommendation.objects.create(
            application=row,
            call=cast.call,
            region=cast.siping,
            rank=Recommendation.objects.count() + 1,
            letter_no="四工信联〔2026〕8号",
            recommended_by=cast.prefecture,
            recommended_at=clock.now(),
        )
        made.append(row)
    return made


def test_each_list_is_for_its_role(cast: Cast) -> None:
    roles = {
        "region": client_of(cast.prefecture),
        "officer": client_of(cast.officer),
        "firm": client_of(cast.owner),
        "approver": client_of(making.person("审定", Role.APPROVER)),
    }
    seen = {
        (role, page): client.get(url(page)).status_code
        for role, client in roles.items()
        for page in ("recommendations", "screening")
    }
    assert seen == {
        ("region", "recommendations"): 200,
        ("region", "screening"): 403,
        ("officer", "recommendations"): 403,
        ("officer", "screening"): 200,
        ("firm", "recommendations"): 403,
        ("firm", "screening"): 403,
        ("approver", "recommendations"): 403,
        ("approver", "screening"): 403,
    }
    assert Client().get(url("recommendations")).status_code == 302


def test_the_other_line_s_dossier_is_no_page(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    assert client_of(cast.county).get(url("recommendation_check", a.pk)).status_code == 200
    other = client_of(cast.tonghua)
    for name in ("recommendation_check", "recommendation_return", "recommendation_refuse"):
        assert other.post(url(name, a.pk), {}).status_code == 404
    assert other.get(url("recommendation_order", cast.call.number, "220300")).status_code == 404
    assert client_of(cast.officer).get(url("screening_dossier", a.pk)).status_code == 404


@pytest.mark.parametrize(
    ("name", "most"), [("recommendations", 12), ("screening", 12), ("order", 15)]
)
def test_queries_do_not_grow(
    cast: Cast, name: str, most: int, django_assert_max_num_queries: Any
) -> None:
    if name == "screening":
        person, make, path = cast.officer, lambda n: recommended(cast, n), url("screening")
    else:
        person = cast.prefecture
        path = (
            url("recommendations")
            if name == "recommendations"
            else url("recommendation_order", cast.call.number, "220300")
        )

        def make(n: int) -> Any:
            return [check(a, cast.county) for a in cast.dossiers(n)]

    counts = []
    for size in (3, 57):
        make(size)
        client = client_of(person)
        client.get(path)
        with django_assert_max_num_queries(most) as captured:
            page = client.get(path)
        assert page.status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_dossier_pages_stay_within_their_queries(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    (a,) = cast.dossiers(1)
    client = client_of(cast.prefecture)
    client.get(url("recommendation_check", a.pk))
    with django_assert_max_num_queries(15):
        client.get(url("recommendation_check", a.pk))
    (b,) = recommended(cast, 1)
    screening.run_checks(application=b)
    client = client_of(cast.officer)
    client.get(url("screening_dossier", b.pk))
    with django_assert_max_num_queries(15):
        client.get(url("screening_dossier", b.pk))


def test_files_are_named_by_their_document_and_a_correction_leads_to_its_difference(
    cast: Cast,
) -> None:
    document = {"code": "licence", "name_zh": "营业执照", "name_en": "Licence", "required": True}
    cast.call = making.call(cast.officer, required_documents=[document])
    (a,) = cast.dossiers(1)
    client, page = client_of(cast.prefecture), url("recommendation_check", a.pk)
    versions = url("versions", a.pk)
    assert versions not in client.get(page).content.decode()
    files = [{"id": 1, "name": "1.pdf", "document": document["code"]}]
    making.submission(a, cast.owner, version=2, files=files)
    text = client.get(page).content.decode()
    assert document["name_zh"] in text
    assert versions in text


def test_the_list_filters_and_pages(cast: Cast) -> None:
    cast.dossiers(53)
    client = client_of(cast.prefecture)
    page = client.get(url("recommendations"))
    assert len(page.context["rows"]) == 50
    page = client.get(url("recommendations"), {"text": "项目7", "state": "submitted"})
    assert [row["title"] for row in page.context["rows"]] == ["项目7"]
    assert client.get(url("recommendations"), {"state": "nonsense"}).status_code == 200


def test_a_refused_check_keeps_what_was_typed(cast: Cast) -> None:
    (a,) = cast.dossiers(1)
    client = client_of(cast.county)
    typed = {"truthful": "yes", "finance_agrees": "no", "opinion": "短", "site_visited_on": ""}
    page = client.post(url("recommendation_check", a.pk), typed)
    assert page.status_code == 422
    assert "短" in page.content.decode()
    page = client.post(
        url("recommendation_check", a.pk), {**typed, "opinion": "材料齐全，现场已看，同意。"}
    )
    assert page.status_code == 302
    a.refresh_from_db()
    assert a.regional_check.finance_agrees is False


def test_return_and_refusal_through_the_page(cast: Cast) -> None:
    a, b = cast.dossiers(2)
    client = client_of(cast.county)
    rows = {"reasons-TOTAL_FORMS": "4", "reasons-INITIAL_FORMS": "0"}
    page = client.post(url("recommendation_return", a.pk), rows)
    assert page.status_code == 422
    page = client.post(
        url("recommendation_return", a.pk),
        {**rows, "reasons-1-section": "green", "reasons-1-text": "缺环评批复"},
    )
    assert page.status_code == 302
    a.refresh_from_db()
    assert a.status == Status.RETURNED
    assert a.corrections.get().reasons == [{"section": "green", "text": "缺环评批复"}]
    page = client.post(
        url("recommendation_refuse", b.pk), {"refuse-reason": "不符合本地产业规划。"}
    )
    assert page.status_code == 302
    b.refresh_from_db()
    assert b.status == Status.NOT_RECOMMENDED


def test_ordering_without_script(cast: Cast) -> None:
    a, b, c = cast.dossiers(3)
    for row in (a, b):
        check(row, cast.county)
    client = client_of(cast.prefecture)
    path = url("recommendation_order", cast.call.number, "220300")

    def ranks(page: Any) -> list[tuple[int, str]]:
        return [(row.application.pk, row.rank) for row in page.context["rows"]]

    page = client.post(path, {"act": f"up:{b.pk}"})
    assert ranks(page) == [(b.pk, "1"), (a.pk, ""), (c.pk, "")]
    page = client.post(path, {"act": f"up:{a.pk}", f"rank_{b.pk}": "1"})
    assert ranks(page) == [(b.pk, "1"), (a.pk, "2"), (c.pk, "")]
    page = client.post(path, {"act": f"up:{a.pk}", f"rank_{b.pk}": "1", f"rank_{a.pk}": "2"})
    assert ranks(page) == [(a.pk, "1"), (b.pk, "2"), (c.pk, "")]
    page = client.post(path, {"act": f"down:{b.pk}", f"rank_{b.pk}": "2", f"rank_{a.pk}": "1"})
    assert ranks(page) == [(a.pk, "1"), (b.pk, ""), (c.pk, "")]
    typed = {f"rank_{a.pk}": "1", f"rank_{b.pk}": "1", "letter_no": "四工信联〔2026〕8号"}
    assert client.post(path, {**typed, "act": "review"}).status_code == 422
    for wrong in ("0", "-1", "1.5", "一", "99999999"):
        page = client.post(path, {**typed, f"rank_{b.pk}": wrong, "act": "review"})
        assert page.status_code == 422
    page = client.post(path, {f"rank_{c.pk}": "1", "letter_no": "四工信联", "act": "review"})
    assert page.status_code == 422
    typed[f"rank_{b.pk}"] = "2"
    page = client.post(path, {**typed, "act": "review"})
    assert [row.application.pk for row in page.context["listed"]] == [a.pk, b.pk]
    assert not Recommendation.objects.exists()
    page = client.post(path, {**typed, "act": "send"})
    assert page.status_code == 302
    rows = Recommendation.objects.order_by("rank").values_list("application", "rank")
    assert list(rows) == [(a.pk, 1), (b.pk, 2)]


def test_a_list_over_the_quota_is_told_before_it_is_sent(cast: Cast) -> None:
    rows = cast.dossiers(4)
    for row in rows:
        check(row, cast.county)
    typed = {f"rank_{row.pk}": str(n) for n, row in enumerate(rows, 1)}
    page = client_of(cast.prefecture).post(
        url("recommendation_order", cast.call.number, "220300"),
        {**typed, "letter_no": "四工信联〔2026〕8号", "act": "review"},
    )
    assert page.status_code == 422
    assert page.context["listed"] is None
    assert page.context["problem"]


def answers(**changed: str) -> dict[str, str]:
    made = {f"ok_{item['code']}": "yes" for item in making.ITEMS}
    return {**made, "version": "0", **changed}


def test_screening_through_the_pages(cast: Cast) -> None:
    (a,) = recommended(cast, 1)
    client = client_of(cast.officer)
    path = url("screening_dossier", a.pk)
    page = client.post(path, answers(ok_papers="no", reason_papers=""))
    assert page.status_code == 422
    page = client.post(path, answers(ok_papers="no", reason_papers="缺审计报告"))
    assert page.status_code == 302
    stale = client.post(path, answers())
    assert stale.status_code == 422
    assert Screening.objects.get().items["papers"] == {"ok": False, "reason": "缺审计报告"}
    eligible = url("screening_declare", a.pk, "eligible")
    assert client.get(eligible).status_code == 200
    assert client.post(eligible).status_code == 409
    assert client.post(path, answers(version="1")).status_code == 302
    assert client.post(eligible).status_code == 302
    a.refresh_from_db()
    assert a.status == Status.ELIGIBLE
    assert client.post(eligible).status_code == 409
    assert client.get(path).status_code == 200


def test_findings_are_answered_on_the_page(cast: Cast) -> None:
    a, _b = recommended(cast, 2)
    client = client_of(cast.officer)
    assert client.post(url("screening_checks", a.pk)).status_code == 302
    (found,) = a.findings.all()
    path = url("screening_finding", a.pk, found.pk)
    assert client.post(path, {f"f{found.pk}-answer": ""}).status_code == 422
    assert client.post(path, {f"f{found.pk}-answer": "两个项目地块不同"}).status_code == 302
    found.refresh_from_db()
    assert (found.answer, found.answered_by) == ("两个项目地块不同", cast.officer)
    page = client.get(url("screening_dossier", a.pk))
    assert "两个项目地块不同" in page.content.decode()


def test_what_waits_for_each(cast: Cast) -> None:
    from applications.waiting import waiting_for

    a, _b = cast.dossiers(2)
    check(a, cast.county)
    now = clock.now()
    titles = [item.url for item in waiting_for(cast.prefecture, now)]
    assert titles == [
        f"/recommendations/?call={cast.call.number}&state=submitted",
        url("recommendation_order", cast.call.number, "220300"),
    ]
    recommendation.set_recommendation(
        call=cast.call,
        region=cast.siping,
        ordered=[a.pk],
        letter_no="四工信联〔2026〕8号",
        by=cast.prefecture,
    )
    (item,) = waiting_for(cast.officer, now)
    assert (item.count, item.url) == (
        1,
        f"/screening/?call={cast.call.number}&state=recommended",
    )
    assert waiting_for(cast.owner, now) == []
