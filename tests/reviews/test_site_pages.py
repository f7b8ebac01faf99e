"""The pages of the site check: who sees them, what they say, how much they ask."""

import pytest
from django.urls import reverse

from audit import clock
from reviews import waiting
from reviews.models import RankingEntry, SiteCheck, SiteFinding
from reviews.services import ranking, site_deciding
from reviews.site_figures import CHECKED
from tests.matrix.twins import triggers_off
from tests.reviews import round, sitework
from tests.reviews.sitework import VIEW, WHY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LESS = {"promised_headcount": "200.0"}
LIST, POST = 12, 20


@pytest.fixture(autouse=True)
def in_english(officer, officer2, finance, applicant, approver, supervisor):
    for person in (officer, officer2, finance, applicant, approver, supervisor):
        type(person).objects.filter(pk=person.pk).update(language="en")
        person.language = "en"


def page(name: str, *args: object) -> str:
    return reverse(f"reviews:{name}", args=args)


def filled(check, file: int, **found: str) -> dict[str, str]:
    """What a checker's browser sends: the values typed as people type them."""
    data = {"visited_on": clock.today().isoformat(), "text": sitework.SEEN, "veto": ""}
    for name in CHECKED:
        data[f"as_{name}"] = "differs" if name in found else "same"
        if name in found:
            data |= {f"found_{name}": found[name], f"why_{name}": "实地清点"}
            data[f"file_{name}"] = str(file)
    return data


def test_an_officer_orders_from_the_ranking(
    client_of, ranked_call, dossier, officer, officer2, finance, experts
):
    client = client_of(officer)
    path = page("order_site_checks", ranked_call.number)
    shown = client.get(f"{path}?dossier={dossier.pk}").content.decode()
    assert f'value="{dossier.pk}" id="d-{dossier.pk}"' in shown
    assert f'aria-label="{dossier.title}" checked' in shown
    seated = ranked_call.draws.get().seats.values_list("expert__user__name", flat=True)
    assert [name for name in seated if name in shown] == []
    data = {
        "dossiers": [dossier.pk],
        "day": clock.today().isoformat(),
        "checkers": [officer2.pk],
        "reason": WHY,
    }
    answer = client.post(path, data)
    assert (answer.status_code, "at least two" in answer.content.decode()) == (422, True)
    answer = client.post(path, data | {"checkers": [officer2.pk, finance.pk]})
    assert answer.url == page("call_site_checks", ranked_call.number)
    assert dossier.title in client.get(answer.url).content.decode()
    assert SiteCheck.objects.get().application == dossier


def test_the_order_page_says_where_the_ranked_end(client_of, ranked_call, officer):
    client, path = client_of(officer), page("order_site_checks", ranked_call.number)
    client.cookies["django_language"] = "en"
    assert "Not ranked, by number" not in client.get(path).content.decode()
    left = ranked_call.rankings.get().entries.order_by("-application__number")[:2]
    with triggers_off():
        RankingEntry.objects.filter(pk__in=[e.pk for e in left]).update(
            rank=None, state="below_floor"
        )
    shown = client.get(path)
    entries = shown.context["entries"]
    assert [row["first_unranked"] for row in entries] == [False] * (len(entries) - 2) + [
        True,
        False,
    ]
    assert shown.content.decode().count("Not ranked, by number") == 1


def test_a_check_from_the_workshop_to_the_new_ranking(
    client_of, ranked_call, dossier, check, officer, officer2, finance, applicant
):
    maker, checker, firm = client_of(officer2), client_of(finance), client_of(applicant)
    record = page("record_site_check", check.pk)
    assert maker.get(record).status_code == 200
    upload = sitework.pdf("现场照片", "一")
    maker.post(page("add_site_evidence", check.pk), {"upload": upload})
    file = check.evidence.get().pk
    refused = maker.post(record, filled(check, file) | {"as_land_mu": ""})
    assert refused.status_code == 422
    assert "Say whether this is as in the dossier." in refused.content.decode()
    refused = maker.post(record, filled(check, file) | {"as_land_mu": "", "text": ""})
    shown = refused.content.decode()
    assert [word in shown for word in ('href="#f-land_mu"', 'href="#id_text"')] == [True, True]
    refused = maker.post(record, filled(check, file, land_mu="七十") | {"why_land_mu": ""})
    assert "is not a number" in refused.content.decode()
    # typed in 万元, as everywhere
    done = maker.post(record, filled(check, file, fixed_assets_yuan="30,000", land_mu="75"))
    assert done.url == page("site_check", check.pk)
    finding = SiteFinding.objects.get()
    assert sorted(finding.figures.exclude(reason="").values_list("field", "found")) == [
        ("fixed_assets_yuan", "300000000.00"),
        ("land_mu", "75.00"),
    ]
    shown = checker.get(done.url).content.decode()
    assert "The firm may state its view until" in shown
    assert "Confirm the finding" not in shown
    assert checker.post(page("confirm_site_check", check.pk)).status_code == 409
    own = page("own_site_check", check.pk)
    shown = firm.get(own).content.decode()
    assert "CNY 320 million" in shown and "CNY 300 million" in shown
    assert firm.post(own, {"text": "不"}).status_code == 422
    assert firm.post(own, {"text": VIEW}).url == own
    assert VIEW in firm.get(own).content.decode()
    assert "Send your view" not in firm.get(own).content.decode()
    assert VIEW in checker.get(page("site_check", check.pk)).content.decode()
    assert checker.post(page("confirm_site_check", check.pk)).status_code == 302
    shown = client_of(officer).get(page("ranking", ranked_call.number)).content.decode()
    assert "A site check has corrected figures after this ranking." in shown
    client_of(officer).post(page("compute_ranking", ranked_call.number))
    shown = client_of(officer).get(page("ranking", ranked_call.number)).content.decode()
    assert "Changed since version 1" in shown
    assert "CNY 320 million" in shown
    assert "Rank 1, as before" in shown
    entry = page("ranking_entry", ranked_call.number, dossier.pk)
    shown = client_of(officer).get(entry).content.decode()
    assert "2 figures were corrected by a site check." in shown


def test_the_second_checker_sends_back_and_the_officer_calls_off(
    client_of, check, officer, officer2, finance
):
    sitework.recorded(check, officer2, **LESS)
    back = page("return_site_check", check.pk)
    assert client_of(finance).post(back, {"reason": "短"}).status_code == 422
    assert client_of(officer2).post(back, {"reason": "请附社保缴费名册后再报"}).status_code == 403
    assert client_of(finance).post(back, {"reason": "请附社保缴费名册后再报"}).status_code == 302
    off = page("call_off_site_check", check.pk)
    assert client_of(finance).post(off, {"reason": "企业临时停产，改日再查"}).status_code == 403
    assert client_of(officer).post(off, {"reason": "企业临时停产，改日再查"}).status_code == 302
    assert SiteCheck.objects.get().state == "called_off"


def test_experts_other_firms_and_strangers_learn_nothing(
    client_of, ranked_call, check, officer2, applicant2, region, lead, secretary, auditor
):
    sitework.recorded(check, officer2, **LESS)
    seat = ranked_call.draws.get().seats.filter(state="accepted").select_related("expert__user")[0]
    file = check.evidence.get().pk
    paths = [
        page("site_check", check.pk),
        page("record_site_check", check.pk),
        page("own_site_check", check.pk),
        page("site_evidence", file),
    ]
    for person in (seat.expert.user, applicant2, region, lead, secretary, auditor):
        client = client_of(person)
        assert {client.get(path).status_code for path in paths} == {404}, person
        assert client.get(page("call_site_checks", ranked_call.number)).status_code == 403
        assert client.get(page("order_site_checks", ranked_call.number)).status_code == 403
        assert client.post(page("confirm_site_check", check.pk)).status_code in (403, 404)


def test_the_firms_people_read_their_own_and_owners_speak(
    client_of, check, officer2, applicant, viewer
):
    unnamed = sitework.evidence(check, officer2, "未采用")
    finding = sitework.recorded(check, officer2, **LESS)
    named = finding.figures.get(evidence__isnull=False).evidence_id
    own, file = page("own_site_check", check.pk), page("site_evidence", named)
    assert client_of(applicant).get(page("site_evidence", unnamed.pk)).status_code == 404
    assert [client_of(p).get(own).status_code for p in (applicant, viewer)] == [200, 200]
    assert client_of(viewer).get(file).status_code == 200
    assert client_of(viewer).post(own, {"text": VIEW}).status_code == 404
    assert client_of(applicant).get(page("site_check", check.pk)).status_code == 404


def test_a_finding_that_was_sent_back_is_not_the_firms_business(
    client_of, check, officer2, finance, applicant
):
    finding = sitework.recorded(check, officer2, **LESS)
    site_deciding.return_finding(finding=finding, reason="请附社保缴费名册后再报", by=finance)
    shown = client_of(applicant).get(page("own_site_check", check.pk)).content.decode()
    assert sitework.SEEN not in shown
    assert (
        client_of(applicant).get(page("site_evidence", check.evidence.get().pk)).status_code == 404
    )


def test_an_expert_still_reads_what_was_submitted(
    client_of, ranked_call, dossier, check, officer, officer2, finance, applicant
):
    row = dossier.assignments.filter(state="locked").select_related("expert__user")[0]
    client = client_of(row.expert.user)
    path = page("score", row.pk)
    before = client.get(path)
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    ranking.compute_ranking(call=ranked_call, by=officer)
    after = client.get(path)
    assert before.status_code == after.status_code == 200
    assert strip(before) == strip(after)


def strip(response) -> list[str]:
    """The lines of a page but for what is random in every answer."""
    return [
        line
        for line in response.content.decode().splitlines()
        if "csrf" not in line.lower() and "nonce" not in line
    ]


def test_what_waits(ranked_call, check, officer, officer2, finance, applicant):
    def titles(person) -> list[str]:
        items = waiting.waiting_for(person, clock.now())
        return [item.title for item in items if "tie" not in item.title]

    number = check.application.number
    go = f"Check dossier {number} on the spot"
    assert (go in titles(officer2), go in titles(finance), go in titles(officer)) == (
        True,
        True,
        False,
    )
    finding = sitework.recorded(check, officer2, **LESS)
    assert titles(finance) == []
    state = f"State your view on the site check: {check.application.title}"
    assert titles(applicant) == [state]
    site_deciding.state_view(finding=finding, text=VIEW, by=applicant)
    assert titles(applicant) == []
    assert titles(finance) == [f"Confirm the finding on dossier {number}"]
    site_deciding.confirm_finding(finding=finding, by=finance)
    assert f"Compute the ranking of call {ranked_call.number} again" in titles(officer)


def test_the_same_queries_for_one_check_and_for_many(
    client_of, ranked_call, officer, officer2, finance, django_assert_max_num_queries
):
    client = client_of(officer)
    counts = []
    for n, dossier in enumerate(round.dossiers(ranked_call)[:4]):
        sitework.ordered(dossier, officer, officer2, finance)
        if n in (0, 3):
            counts.append(
                [
                    queries(django_assert_max_num_queries, client, path)
                    for path in (
                        page("site_checks"),
                        page("call_site_checks", ranked_call.number),
                        page("order_site_checks", ranked_call.number),
                    )
                ]
            )
    assert counts[0] == counts[1]


def queries(limit, client, path: str) -> int:
    with limit(LIST) as asked:
        assert client.get(path).status_code == 200
    return len(asked.captured_queries)
