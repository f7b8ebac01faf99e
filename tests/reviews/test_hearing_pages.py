"""The pages of the hearing: the officer's, the experts', the firm's; each within its limits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from applications.workflow import Status
from audit import clock
from calendars.wording import moment_text
from reviews.models import Assignment, JointDecision, ShortlistEntry, Stage
from reviews.selectors.rankings import latest
from reviews.services import ranking
from reviews.waiting import waiting_for
from tests.reviews import hearing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TEXT = "The firm presented; the panel asked about funding."


def at(instant):
    local = instant.astimezone(clock.SHANGHAI)
    return {"day": local.date().isoformat(), "hour": f"{local:%H:%M}"}


@pytest.fixture
def in_english(client_of):
    """Signed in, and reading English."""

    def signed_in(user):
        client = client_of(user)
        client.cookies["django_language"] = "en"
        return client

    return signed_in


def page(client, name, *args, most=15):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse(f"reviews:{name}", args=args))
    assert answer.status_code == 200
    assert len(asked) <= most, [q["sql"][:120] for q in asked]
    return answer.content.decode()


def first(call: Call) -> ShortlistEntry:
    return ShortlistEntry.objects.select_related("application").get(shortlist__call=call, place=1)


def test_the_officer_runs_it_by_posts(on_paper, officer, in_english):
    office, number = in_english(officer), on_paper.number
    answer = office.post(reverse("reviews:close_scoring", args=[number]))
    assert answer.url == reverse("reviews:hearing", args=[number])
    assert "Draw up the shortlist" in page(office, "hearing", number)
    due = at(clock.now() + timedelta(days=6))
    assert office.post(reverse("reviews:draw_up_shortlist", args=[number]), due).status_code == 302
    when = at(clock.now() + timedelta(days=1))
    address = reverse("reviews:sitting", args=[number, 1])
    assert office.get(address).status_code == 200
    assert office.post(address, when).status_code == 422  # no place
    assert office.post(address, {**when, "venue": "Hall 2"}).status_code == 302
    assert "Hall 2" in page(office, "hearing", number)
    again = office.get(address).context["form"].initial
    assert {"day": f"{again['day']}", "hour": f"{again['hour']:%H:%M}"} == when
    entry = first(on_paper)
    early = page(office, "hearing_minutes", number, entry.application_id)
    assert ("kept from then on" in early, "Keep the minutes" in early) == (True, False)
    clock.travel_to(clock.now() + timedelta(days=2))
    address = reverse("reviews:hearing_minutes", args=[number, entry.application_id])
    assert office.post(address, {"came": "yes", "number": "1"}).status_code == 422
    kept = {"came": "yes", "number": "M-1", "text": TEXT}
    assert office.post(address, kept).status_code == 302
    assert TEXT in page(office, "hearing_minutes", number, entry.application_id)
    for other in ShortlistEntry.objects.exclude(pk=entry.pk).select_related("application"):
        address = reverse("reviews:hearing_minutes", args=[number, other.application_id])
        data = {"came": "no", "number": "M-2", "text": TEXT}
        assert office.post(address, data).status_code == 302
    for seat in hearing.seats(on_paper):
        hearing.mark(seat)
    assert page(office, "progress", number)
    assert "for ever" in page(office, "close_scoring", number)
    address = reverse("reviews:close_scoring", args=[number])
    left_open = office.post(address, {"stage": "in_review"})  # from the paper review's page
    assert left_open.status_code == 409
    answer = office.post(address, {"stage": "hearing"})
    assert answer.url == reverse("reviews:ranking", args=[number])
    assert office.post(reverse("reviews:compute_ranking", args=[number])).status_code == 302
    assert "did not come" in page(office, "ranking", number)
    shown = page(office, "ranking_entry", number, entry.application_id)
    assert "Both stages together" in shown
    assert "× 60% +" in shown
    assert "6. The place" in shown
    absent = ShortlistEntry.objects.exclude(pk=entry.pk).first().application_id
    shown = page(office, "ranking_entry", number, absent)
    assert "The firm did not come" in shown
    assert "Not ranked: did not come to the hearing" in shown
    assert "0 signed sheets" not in shown
    assert "Being computed" in page(office, "certainty", number)


def test_the_expert_marks_on_the_page_of_the_paper_sheet(shortlisted, officer, in_english):
    seat = hearing.seats(shortlisted)[0]
    desk = in_english(seat.expert.user)
    waits = page(desk, "my_reviews")
    assert "Your panel sits from" in waits
    assert ("Read the dossiers" in waits, "Begin scoring" in waits) == (True, False)
    row = seat.assignments.filter(stage=Stage.HEARING).order_by("application__hearing__place")[0]
    begins = moment_text(seat.panel.sitting.starts_at, "en", year_now=clock.today().year)
    assert f"begins {begins}; marks are given from then on" in page(desk, "score", row.pk)
    hearing.pass_sittings(shortlisted)
    hearing.all_come(shortlisted, officer)
    shown = page(desk, "score", row.pk)
    assert "formula item" not in shown
    assert "Answers of the team" in shown
    leaf = {"Q1-1-tier": "0", "Q1-1-score": "18.00", "Q1-1-version": "0", "Q1-1-was": ""}
    saved = desk.post(reverse("reviews:autosave", args=[row.pk]), leaf)
    assert saved.status_code == 200
    assert Assignment.objects.get(pk=row.pk).marks.get().score == 18
    hearing.mark_rest(seat)
    assert "Sign and lock" in page(desk, "my_hearing", seat.pk)
    form = desk.get(reverse("reviews:sign_hearing", args=[seat.pk]))
    digest = form.context["digest"]
    answer = desk.post(reverse("reviews:sign_hearing", args=[seat.pk]), {"digest": digest})
    assert answer.url == reverse("reviews:my_hearing", args=[seat.pk])
    assert "signed and locked" in page(desk, "my_hearing", seat.pk)
    assert "signed and locked" in page(desk, "my_marks", seat.pk)


def test_a_firm_that_did_not_come_is_no_recusal(shortlisted, officer, in_english):
    hearing.pass_sittings(shortlisted)
    absent = first(shortlisted)
    hearing.come(absent, officer, came=False)
    seat = hearing.seats(shortlisted)[0]
    heard = seat.assignments.filter(stage=Stage.HEARING).exclude(application=absent.application_id)
    desk, row = in_english(seat.expert.user), heard.last()
    for name, args in (("my_reviews", []), ("my_hearing", [seat.pk]), ("score", [row.pk])):
        shown = page(desk, name, *args)
        assert ("1 not counted" in shown, "recusal not" in shown) == (True, False), name


def test_the_firm_reads_its_own_hour_and_no_points(shortlisted, applicant, in_english):
    firm = in_english(applicant)
    entry = first(shortlisted)
    shown = firm.get(reverse("applications:dossier", args=[entry.application_id]))
    text = shown.content.decode()
    assert "省政务大厅二楼" in text
    assert "Number in the order" in text
    assert str(entry.total) not in text
    assert "Points in the paper review" not in text


def test_nothing_is_to_be_seen_by_others(shortlisted, applicant, region, approver, in_english):
    seat = hearing.seats(shortlisted)[0]
    number, entry = shortlisted.number, first(shortlisted)
    for person in (applicant, region, approver, seat.expert.user):
        visitor = in_english(person)
        for name, args in (
            ("hearing", [number]),
            ("sitting", [number, 1]),
            ("hearing_minutes", [number, entry.application_id]),
        ):
            assert visitor.get(reverse(f"reviews:{name}", args=args)).status_code in (403, 404)
    other = in_english(hearing.seats(shortlisted)[1].expert.user)
    assert other.get(reverse("reviews:my_hearing", args=[seat.pk])).status_code == 404
    row = seat.assignments.filter(stage=Stage.HEARING)[0]
    assert other.get(reverse("reviews:score", args=[row.pk])).status_code == 404


def test_a_call_without_a_hearing_has_no_such_page(scored, officer, in_english):
    office = in_english(officer)
    assert office.get(reverse("reviews:hearing", args=[scored.number])).status_code == 404
    assert "/hearing/" not in page(office, "progress", scored.number)


def test_the_firm_reads_shortlisted_until_the_results_are_out(shortlisted, officer, applicant):
    """A proposal does not show: the state the firm reads stays the same."""
    from applications.rules import shown_status

    dossier = shortlisted.applications.first()
    read = []
    for status in (Status.SHORTLISTED, Status.HEARING_SCORED, Status.PROPOSED, Status.NOT_FUNDED):
        dossier.status = status
        read.append(shown_status(dossier, shortlisted, to_firm=True))
    assert set(read) == {Status.SHORTLISTED}


def titles(user):
    return [item.title for item in waiting_for(user, clock.now())]


def test_what_waits_for_whom(on_paper, officer, in_english):
    hearing.closed_on_paper(on_paper, officer)
    number = on_paper.number
    assert f"Draw up the shortlist of call {number}" in titles(officer)
    hearing.drawn_up(on_paper, officer)
    assert f"Set day and place of the hearing of call {number}" in titles(officer)
    hearing.sit(on_paper, officer)
    expert = hearing.seats(on_paper)[0].expert.user
    assert "Mark the hearing of your panel" in titles(expert)
    hearing.pass_sittings(on_paper)
    assert f"Keep the minutes of the hearing of call {number}" in titles(officer)
    hearing.all_come(on_paper, officer)
    for seat in hearing.seats(on_paper):
        hearing.mark(seat)
    assert f"Close the scoring of call {number}" in titles(officer)
    assert "Mark the hearing of your panel" not in titles(expert)
    ranking.close_hearing(call=on_paper, by=officer)
    assert f"Compute the ranking of call {number}" in titles(officer)


def test_the_rules_are_set_on_the_calls_own_page(officer, in_english):
    from applications.models import CallStatus
    from applications.sheet import default_sheet
    from tests import making

    call = making.call(officer, status=CallStatus.DRAFT, sheet=default_sheet(), rules={})
    office = in_english(officer)
    address = reverse("applications:call_edit", args=[call.pk, "rules"])
    form = office.get(address).context["form"]
    data = {name: form.initial.get(name, "") for name in form.fields if name in form.initial}
    data = {name: value for name, value in data.items() if value is not None}
    data |= {"hearing_percent": "40", "hearing_shortlist": "times", "hearing_times": "3"}
    assert office.post(address, data).status_code == 302
    call.refresh_from_db()
    assert (call.rule_set.hearing_percent, call.rule_set.hearing_times) == (40, 3)
    assert call.hearing_sheet
    shown = office.get(reverse("applications:call", args=[call.pk])).content.decode()
    assert "paper review 60%, hearing 40%" in shown
    part = reverse("applications:call_edit", args=[call.pk, "hearing_sheet"])
    assert office.get(part).status_code == 200
    assert office.get(reverse("applications:call_hearing_sheet", args=[call.pk])).json()
    assert office.post(address, data | {"hearing_percent": "0"}).status_code == 302
    call.refresh_from_db()
    assert (call.rule_set.has_hearing, call.hearing_sheet) == (False, [])


def test_a_tie_after_the_hearing_is_settled_by_posts(shortlisted, officer, officer2, in_english):
    """Both stages are read again, by as few statements as any post."""
    hearing.pass_sittings(shortlisted)
    hearing.all_come(shortlisted, officer)
    for seat in hearing.seats(shortlisted):
        hearing.mark(seat)
    ranking.close_hearing(call=shortlisted, by=officer)
    made = ranking.compute_ranking(call=shortlisted, by=officer)
    order = made.entries.filter(tied=True).values_list("application_id", flat=True)
    assert len(order) > 1
    minutes = {"minutes_no": "联席纪要〔2026〕2号", "reason": "经联席会议研究确定先后"}
    places = {f"place_{pk}": str(n) for n, pk in enumerate(order, start=1)}
    office, number = in_english(officer), shortlisted.number
    sent = office.post(reverse("reviews:propose_tie", args=[number]), minutes | places)
    assert sent.status_code == 302
    decision = JointDecision.objects.get()
    confirm = reverse("reviews:confirm_tie", args=[decision.pk])
    assert in_english(officer2).post(confirm).status_code == 302
    assert not latest(shortlisted).entries.filter(tied=True).exists()
