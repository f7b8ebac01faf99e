"""Milestones, the four rates, the appraisal, settings, handover, photos: rules and pages."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, NotVisible, WrongState
from secretaries.appraisal import INDICATORS, Counts, appraise
from secretaries.milestones import Progress, four_rates
from secretaries.models import ProjectMilestone, Satisfaction, SecretaryAppraisal, Visit
from secretaries.selectors import milestones as reading
from secretaries.selectors.appraising import Quarter, quarter_of
from secretaries.selectors.settings import in_force
from secretaries.service_rules import ServiceRules, ServiceRulesError
from secretaries.services import (
    appointments,
    appraisals,
    milestones,
    ratings,
    requests,
    settings,
    visits,
)
from secretaries.visiting import rhythm, visits_due
from tests.applications.test_uploads import png
from tests.racing import overtaken
from tests.secretaries.people import made_older
from tests.secretaries.test_pages import url
from tests.secretaries.test_requests import Served
from tests.signing import client_of

DAY = date(2026, 6, 30)
WEIGHTS = {"on_time": 30, "satisfaction": 30, "visits": 15, "milestones": 15, "data": 10}


@pytest.fixture
def cast(db: Any) -> Served:
    return Served()


def milestone(cast: Served, mark: str) -> ProjectMilestone:
    return ProjectMilestone.objects.get(application=cast.it, node__mark=mark)


def test_the_four_rates_as_they_are_defined():
    landed = Progress(signed=date(2026, 1, 5), landed=date(2026, 2, 1), planned=Decimal(200))
    ready = Progress(
        signed=date(2026, 1, 5),
        landed=date(2026, 3, 1),
        ready=date(2026, 6, 1),
        started=date(2026, 6, 2),
        counted=date(2026, 7, 1),
        planned=Decimal(100),
        invested={date(2026, 5, 1): Decimal(30), date(2026, 7, 1): Decimal(90)},
    )
    found = four_rates([landed, ready, Progress()], DAY)
    assert {name: (rate.part, rate.whole, rate.percent) for name, rate in found.items()} == {
        "landing": (2, 2, Decimal("100.0")),
        "readiness": (1, 2, Decimal("50.0")),
        "investment": (30, 300, Decimal("10.0")),
        "statistics": (0, 1, Decimal("0.0")),
    }
    assert four_rates([], DAY)["landing"].percent is None
    later = Progress(since=date(2026, 7, 1), planned=Decimal(900))
    assert four_rates([landed, ready, later], DAY) == found


def test_an_appraisal_is_weight_times_share():
    counts = Counts(
        due=4, in_time=3, marks=2, marks_sum=9, visits_due=10, visits_made=12,
        planned=4, reached=1, records=3, whole=2,
    )  # fmt: skip
    made = appraise(counts, WEIGHTS)
    assert made.points == {
        "on_time": Decimal("22.50"),
        "satisfaction": Decimal("26.25"),
        "visits": Decimal("15.00"),
        "milestones": Decimal("3.75"),
        "data": Decimal("6.67"),
    }
    assert made.score == Decimal("74.17")
    assert appraise(Counts(), WEIGHTS).score is None
    assert appraise(Counts(due=2, in_time=1), WEIGHTS).score == Decimal("50.00")


@given(st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_no_appraisal_leaves_0_to_100_and_points_stay_within_their_weights(n):
    counts = Counts(
        due=n[0] + n[1], in_time=n[0], marks=n[2], marks_sum=n[2] * (1 + n[3] % 5),
        visits_due=n[4], visits_made=n[5], planned=n[6] + n[7], reached=n[6],
        records=n[8] + n[9], whole=n[8],
    )  # fmt: skip
    made = appraise(counts, WEIGHTS)
    assert made.score is None or 0 <= made.score <= 100
    for name in INDICATORS:
        points = made.points[name]
        assert points is None or 0 <= points <= WEIGHTS[name]


def test_visits_are_due_by_the_week_then_by_the_month():
    monday = date(2026, 6, 1)
    wanted = {"weekly": 1, "monthly": 2}
    assert visits_due(monday, date(2026, 6, 28), running=False, **wanted) == 4
    assert visits_due(monday, date(2026, 6, 27), running=False, **wanted) == 3
    assert visits_due(date(2026, 6, 2), date(2026, 7, 31), running=True, **wanted) == 2
    found = rhythm([monday], date(2026, 6, 4), running=False, building_due=1, running_due=1)
    assert (found.first, found.last, found.short) == (monday, date(2026, 6, 7), 0)


def test_numbers_refuse_what_cannot_stand():
    for wrong in (
        {"weight_data": 11},
        {"near_percent": 40},
        {"overdue_city": 1},
        {"response_days": 0},
    ):
        with pytest.raises(ServiceRulesError):
            ServiceRules(**wrong)
    assert ServiceRules.from_data(ServiceRules().to_data()) == ServiceRules()


def test_a_new_version_of_the_numbers_leaves_running_clocks_alone(cast: Served) -> None:
    before = cast.ask(level="complex")
    given: dict[str, Any] = {"document_no": "吉工信〔2026〕9号", "reason": "提速", "seen": 1}
    with pytest.raises(NotPermitted):
        settings.set_numbers(values={"complex_days": 10}, by=cast.owner, **given)
    settings.set_numbers(values={"complex_days": 10}, by=cast.lead, **given)
    with pytest.raises(Conflict):
        settings.set_numbers(values={"complex_days": 9}, by=cast.lead, **given)
    with pytest.raises(Invalid):
        settings.set_numbers(values={"hard_days": 0}, by=cast.lead, **{**given, "seen": 2})
    assert in_force()[0] == 2
    before.refresh_from_db()
    assert (before.finish.days, cast.ask(level="complex").finish.days) == (15, 10)


def test_twenty_nodes_are_planned_and_reached_with_evidence(cast: Served) -> None:
    rows = list(reading.milestones_of(cast.it))
    assert (len(rows), rows[0].planned_on) == (20, clock.today() + timedelta(days=10))
    signed = milestone(cast, "signed")
    reach: dict[str, Any] = {"milestone": signed, "evidence": "投资协议已签署"}
    with pytest.raises(NotPermitted):
        milestones.reach(on=clock.today(), by=cast.owner, **reach)
    with pytest.raises(Invalid):
        milestones.reach(on=clock.today() + timedelta(1), by=cast.zhao.user, **reach)
    milestones.reach(on=clock.today(), by=cast.zhao.user, **reach)
    with pytest.raises(WrongState):
        milestones.leave_out(milestone=signed, reason="不需要此节点", by=cast.zhao.user)
    started = milestone(cast, "started")
    milestones.plan_anew(
        milestone=started, on=date(2027, 3, 1), reason="冬季停工顺延", by=cast.zhao.user
    )
    assert milestone(cast, "started").planned_on == date(2027, 3, 1)
    assert reading.rates(clock.today()).total["landing"].percent == Decimal("0.0")
    for row in rows[1:4]:
        milestones.leave_out(milestone=row, reason="本项目不涉及", by=cast.zhao.user)
    assert reading.rates(clock.today()).total["landing"].percent == Decimal("100.0")


def test_the_sum_invested_does_not_fall(cast: Served) -> None:
    month = clock.today().replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    record: dict[str, Any] = {"application": cast.it, "by": cast.zhao.user}
    milestones.record_investment(month=before, invested=Decimal(500), **record)
    with pytest.raises(Invalid):
        milestones.record_investment(month=month, invested=Decimal(499), **record)
    milestones.record_investment(month=month, invested=Decimal(700), **record)
    with pytest.raises(Invalid):
        milestones.record_investment(month=before, invested=Decimal(701), **record)
    milestones.record_investment(month=before, invested=Decimal(600), **record)
    assert cast.it.investments.count() == 2


def test_a_new_list_of_nodes_is_for_projects_to_come(cast: Served) -> None:
    nodes = [
        milestones.Node("landing", "签约", "Signed", 5, "signed"),
        milestones.Node("building", "开工", "Started", 50, "started"),
        milestones.Node("building", "入统", "Counted", 60, "counted"),
        milestones.Node("production", "投产", "Running", 90, "running"),
    ]
    given: dict[str, Any] = {"reason": "简化节点", "seen": 1, "by": cast.lead}
    for wrong in (nodes[:3], nodes[::-1], []):
        with pytest.raises(Invalid):
            milestones.set_template(nodes=wrong, **given)
    milestones.set_template(nodes=nodes, **given)
    with pytest.raises(Conflict):
        milestones.set_template(nodes=nodes, **given)
    later = cast.project()
    appointments.appoint(application=later)
    assert (cast.it.milestones.count(), later.milestones.count()) == (20, 4)


def test_the_firm_marks_a_closed_request_once(cast: Served) -> None:
    row = cast.answered()
    with pytest.raises(WrongState):
        ratings.rate_request(request=row, score=5, by=cast.owner)
    requests.confirm(request=row, satisfied=True, by=cast.owner)
    with pytest.raises(NotVisible):
        ratings.rate_request(request=row, score=5, by=cast.zhao.user)
    with pytest.raises(Invalid):
        ratings.rate_request(request=row, score=6, by=cast.owner)
    client, path = client_of(cast.owner), url("request", row.pk)
    sent = {"act": "rate", "rate-score": "4", "rate-text": "很快"}
    assert [client.post(path, sent).status_code for _n in (1, 2)] == [302, 422]
    assert Satisfaction.objects.get().score == 4


def test_a_quarter_is_appraised_once_it_is_over(cast: Served) -> None:
    row = cast.ask()
    this = quarter_of(clock.today())
    with pytest.raises(WrongState):
        appraisals.appraise_quarter(year=this.year, quarter=this.number, by=cast.lead)
    assert appraisals.appraise_last_quarter() == 0
    back = (clock.today() - this.before.last).days + 30
    made_older(row, back)
    cast.it.service_assignments.update(valid_from=clock.now() - timedelta(days=back + 5))
    [made] = appraisals.appraise_quarter(
        year=this.before.year, quarter=this.before.number, by=cast.lead
    )
    assert (made.secretary, made.counts["due"], made.counts["in_time"]) == (cast.zhao, 1, 0)
    assert made.points["on_time"] == "0.00"
    assert appraisals.appraise_last_quarter() == 0
    again = client_of(cast.lead).post(url("quarter"), follow=True).content.decode()
    assert "均已考评，本次没有新增" in again and "已考评 0 名" not in again
    assert SecretaryAppraisal.objects.count() == 1
    for user, status in ((cast.zhao.user, 200), (cast.lead, 200), (cast.owner, 404)):
        assert client_of(user).get(url("appraisals", cast.zhao.pk)).status_code == status
    page = client_of(cast.lead).get(url("quarter"))
    assert [row for row, _points in page.context["rows"]] == [made]


def test_an_older_quarter_is_appraised_on_its_page(cast: Served) -> None:
    this = quarter_of(clock.today())
    older = this.before.before
    back = (clock.today() - older.first).days
    cast.it.service_assignments.update(valid_from=clock.now() - timedelta(days=back))
    client = client_of(cast.lead)
    page = client.get(f"{url('quarter')}?quarter={older}")
    assert (page.context["is_over"], page.context["later"]) == (True, this.before)
    shown = client.post(f"{url('quarter')}?quarter={older}", follow=True)
    assert shown.context["asked"] == older
    assert [row.secretary for row, _points in shown.context["rows"]] == [cast.zhao]
    assert set(SecretaryAppraisal.objects.values_list("year", "quarter")) == {
        (older.year, older.number)
    }
    running = client.get(f"{url('quarter')}?quarter={this}")
    assert (running.context["is_over"], running.context["later"]) == (False, None)


@pytest.mark.parametrize("text", ["0000Q1", "0001Q1", "9999Q4", "2026Q5", "２０２６Q1", "1999Q4"])
def test_what_is_no_quarter_of_this_century_shows_the_last(cast: Served, text: str) -> None:
    page = client_of(cast.lead).get(url("quarter"), {"quarter": text})
    assert (page.status_code, page.context["asked"]) == (200, quarter_of(clock.today()).before)


@pytest.mark.django_db(transaction=True)
def test_two_who_appraise_a_quarter_at_one_instant_appraise_it_once() -> None:
    cast = Served()
    last = quarter_of(clock.today()).before
    back = (clock.today() - last.first).days
    cast.it.service_assignments.update(valid_from=clock.now() - timedelta(days=back))
    one = partial(appraisals.appraise_quarter, year=last.year, quarter=last.number)
    assert overtaken(one, one) == []
    assert SecretaryAppraisal.objects.count() == 1


def test_quarters():
    assert str(quarter_of(date(2026, 3, 31))) == "2026Q1"
    assert (Quarter(2026, 4).first, Quarter(2026, 4).last) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
    )
    assert Quarter(2026, 1).before == Quarter(2025, 4)


def test_a_visit_keeps_pictures_and_refuses_other_files(cast: Served) -> None:
    client = client_of(cast.zhao.user)
    sent = {"on": clock.today().isoformat(), "kind": "site", "people": "张", "summary": "看现场"}
    path = url("record_visit", cast.it.pk)
    text = SimpleUploadedFile("a.png", b"no picture at all")
    assert client.post(path, {**sent, "photos": [text]}).status_code == 422
    picture = [SimpleUploadedFile(f"{n}.png", png()) for n in (1, 2)]
    assert client.post(path, {**sent, "photos": picture}).status_code == 302
    [photo] = Visit.objects.get().photos.all()  # the same picture twice is one
    for user, status in ((cast.owner, 200), (cast.zhao.user, 200), (cast.stranger, 404)):
        assert client_of(user).get(url("visit_photo", photo.pk)).status_code == status
    for name in ("a.exe", "a.heic", "a.pdf"):
        with pytest.raises(Invalid) as caught:
            visits.record_visit(
                assignment=cast.assignment, on=clock.today(), kind="site", people="张",
                summary="又看现场", photos=[SimpleUploadedFile(name, b"MZ")], by=cast.zhao.user,
            )  # fmt: skip
        assert str(caught.value.message) == "走访照片仅限 JPG 和 PNG。"


def test_pages_for_whom_and_within_their_queries(
    cast: Served, django_assert_max_num_queries: Any
) -> None:
    cast.ask()
    seen = {}
    pages = {
        "milestones": url("milestones", cast.it.pk),
        "handover": url("handover", cast.it.pk),
        "rates": url("rates"),
        "numbers": url("numbers"),
        "template": url("milestone_template"),
        "quarter": url("quarter"),
        "inquiries": url("inquiries"),
    }
    people = {
        "lead": cast.lead, "own": cast.zhao.user, "firm": cast.owner, "officer": cast.officer,
        "stranger": cast.stranger,
    }  # fmt: skip
    for name, user in people.items():
        client = client_of(user)
        client.get(pages["inquiries"])
        with django_assert_max_num_queries(16 * len(pages)):
            seen[name] = tuple(client.get(path).status_code for path in pages.values())
    assert seen == {
        "lead": (200, 200, 200, 200, 200, 200, 200),
        "own": (200, 200, 403, 403, 403, 403, 200),
        "firm": (200, 403, 403, 403, 403, 403, 403),
        "officer": (200, 200, 200, 403, 403, 403, 200),
        "stranger": (404, 404, 403, 403, 403, 403, 403),
    }
    for path in pages.values():
        client = client_of(cast.lead)
        client.get(path)
        with django_assert_max_num_queries(15):
            client.get(path)


def test_the_secretary_records_on_the_milestones_page(cast: Served) -> None:
    client, path = client_of(cast.zhao.user), url("milestones", cast.it.pk)
    sent = {"milestone": milestone(cast, "signed").pk, "act": "reach", "text": "协议编号2026-7"}
    assert client.post(path, sent).status_code == 422
    assert client.post(path, {**sent, "on": clock.today()}).status_code == 302
    month = {"invest": "1", "invest-month": clock.today(), "invest-invested": "120.5"}
    assert client.post(path, month).status_code == 302
    assert cast.it.investments.get().invested == Decimal(1_205_000)
    assert client_of(cast.owner).post(path, sent).status_code == 403


def test_the_lead_sets_numbers_and_nodes_on_their_pages(cast: Served) -> None:
    client = client_of(cast.lead)
    form = client.get(url("numbers")).context["form"]
    sent = {
        **form.initial,
        "complex_days": 12,
        "document_no": "吉工信〔2026〕9号",
        "reason": "提速",
    }
    assert client.post(url("numbers"), {**sent, "near_percent": 10}).status_code == 422
    assert client.post(url("numbers"), sent).status_code == 302
    form = client.get(url("milestone_template")).context["form"]
    sent = {**form.initial, "reason": "微调"}
    broken = {**sent, "lines": "landing | 签约"}
    assert client.post(url("milestone_template"), broken).status_code == 422
    assert client.post(url("milestone_template"), sent).status_code == 302


def test_a_place_opens_into_its_months(cast: Served) -> None:
    """Its last month is the row of the table by place, and the places' sums are those of all."""
    milestones.reach(
        milestone=milestone(cast, "signed"),
        on=clock.today(),
        evidence="协议编号2026-7",
        by=cast.zhao.user,
    )
    page = client_of(cast.lead).get(url("rates"))
    found = page.context["found"]
    assert [(place, months[-1][1]) for place, months in found.months_by_line] == found.lines
    for number, (month, rates) in enumerate(found.months):
        rows = [months[number] for _place, months in found.months_by_line]
        assert {m for m, _rates in rows} == {month}
        for name, rate in rates.items():
            assert sum(own[name].part for _m, own in rows) == rate.part
            assert sum(own[name].whole for _m, own in rows) == rate.whole
    assert page.content.decode().count('<details class="fold') == len(found.lines)


def test_a_month_that_is_refused_says_why_at_the_head_of_its_form(cast: Served) -> None:
    """And what was typed comes back; the months that are recorded are named in words."""
    own, path = client_of(cast.zhao.user), url("milestones", cast.it.pk)
    typed = {"invest": "1", "invest-month": "", "invest-invested": "120.5"}
    refused = own.post(path, typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'href="#id_invest-month"' in page
    assert 'value="120.5"' in page
    today = clock.today()
    assert own.post(path, {**typed, "invest-month": today.isoformat()}).status_code == 302
    assert f"{today.year}年{today.month}月</th>" in own.get(path).content.decode()
