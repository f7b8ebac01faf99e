"""The office's acts on a review by their pages, each within the statements of a post."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import CallStatus
from applications.services import dossiers
from audit import clock
from reviews.models import Expert, JointDecision, SeatState
from reviews.services import panels, ranking
from tests.reviews import round
from tests.reviews.leaving import silent_follower

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_review_from_its_opening_to_the_ranking(draw, officer, client_of):
    round.seat_all(draw)
    office, call = client_of(officer), draw.call
    due = clock.now().astimezone(clock.SHANGHAI) + timedelta(days=5)
    at = {"day": due.date().isoformat(), "hour": "18:00"}
    acts = (
        ("open_scoring", at, CallStatus.IN_REVIEW),
        ("close_scoring", {}, CallStatus.SCORED),
        ("compute_ranking", {}, CallStatus.RANKED),
    )
    for name, data, status in acts:
        if name == "close_scoring":
            for seat in draw.seats.filter(state=SeatState.ACCEPTED).select_related(
                "panel", "expert__user"
            ):
                round.score(seat)
        answer = office.post(reverse(f"reviews:{name}", args=[call.number]), data)
        assert answer.status_code == 302
        call.refresh_from_db()
        assert call.status == status


def test_a_review_opens_without_what_was_withdrawn_since_the_draw(
    draw, officer, applicant, client_of
):
    round.seat_all(draw)
    gone, call = round.dossiers(draw.call)[0], draw.call
    dossiers.withdraw(application=gone, reason="企业资金安排有变，撤回申报。", by=applicant)
    due = clock.now().astimezone(clock.SHANGHAI) + timedelta(days=5)
    at = {"day": due.date().isoformat(), "hour": "18:00"}
    address = reverse("reviews:open_scoring", args=[call.number])
    assert client_of(officer).post(address, at).status_code == 302
    assert set(gone.assignments.values_list("state", flat=True)) == {"void"}


def test_a_dossier_moves_and_the_panel_it_leaves_empty_goes(grouped, officer, client_of):
    panels.form_panels(call=grouped, smallest=3, largest=5, by=officer)
    first, second = grouped.panels.order_by("number")
    for place in first.places.order_by("order"):
        address = reverse("reviews:move_dossier", args=[grouped.number, place.application_id])
        answer = client_of(officer).post(address, {"panel": second.pk, "reason": "产业相近"})
        assert answer.status_code == 302
    assert [panel.places.count() for panel in grouped.panels.all()] == [8]


def test_who_is_next_follows_an_expert_who_declines(draw, client_of):
    seat = draw.seats.select_related("expert__user").order_by("pk").first()
    address = reverse("reviews:decline_seat", args=[seat.pk])
    answer = client_of(seat.expert.user).post(address, {"reason": "出差在外"})
    assert answer.status_code == 302
    assert draw.seats.get(follows=seat).state == SeatState.INVITED


def test_a_drawn_draw_is_voided(draw, supervisor, client_of):
    address = reverse("reviews:draw_void", args=[draw.number])
    answer = client_of(supervisor).post(address, {"reason": "抽取名单录入有误，作废重抽"})
    assert answer.status_code == 302
    assert not draw.seats.exclude(state=SeatState.REPLACED).exists()


def test_an_expert_accepts_a_seat(draw, client_of):
    seat = round.invited(draw)[0]
    answer = client_of(seat.expert.user).post(reverse("reviews:accept_seat", args=[seat.pk]))
    assert answer.status_code == 302
    seat.refresh_from_db()
    assert seat.state == SeatState.ACCEPTED


def test_who_keeps_silent_in_a_review_is_passed_over(moving_clock, draw, officer, client_of):
    """The next is invited, and where a dossier is short another seat passes on, too."""
    new = silent_follower(draw, officer)
    address = reverse("reviews:pass_over", args=[draw.number, new.pk])
    assert client_of(officer).post(address, {"reason": "电话三次未接通"}).status_code == 302
    new.refresh_from_db()
    assert new.state == SeatState.REPLACED


def test_more_time_for_the_experts(reviewed, officer, client_of):
    later = reviewed.scoring_due_at.astimezone(clock.SHANGHAI) + timedelta(days=3)
    data = {"day": later.date().isoformat(), "hour": "18:00", "reason": "专家反映申报材料较多"}
    address = reverse("reviews:extend_scoring", args=[reviewed.number])
    assert client_of(officer).post(address, data).status_code == 302
    reviewed.refresh_from_db()
    assert reviewed.scoring_due_at.date() == later.date()


def test_the_seats_of_a_panel(grouped, officer, client_of):
    rows = [("technology", 1), ("industry", 2), ("finance", 1), ("employment", 1)]
    data = {"seats-TOTAL_FORMS": len(rows), "seats-INITIAL_FORMS": 0}
    for n, (kind, count) in enumerate(rows):
        data |= {f"seats-{n}-kind": kind, f"seats-{n}-count": count}
    address = reverse("reviews:panel_seats", args=[grouped.number, 1])
    assert client_of(officer).post(address, data).status_code == 302
    assert len(grouped.panels.get().seats_wanted) == 4


def test_a_row_is_added_to_the_seats_only_when_it_is_asked_for(grouped, officer, client_of):
    address, client = reverse("reviews:panel_seats", args=[grouped.number, 1]), client_of(officer)
    wanted = grouped.panels.get().seats_wanted
    assert len(client.get(address).context["formset"].forms) == len(wanted)
    sent = {"seats-TOTAL_FORMS": 1, "seats-INITIAL_FORMS": 0, "more": "1"}
    sent |= {"seats-0-kind": "finance", "seats-0-count": 2}
    longer = client.post(address, sent)
    assert longer.status_code == 200
    assert [form["count"].value() for form in longer.context["formset"]] == ["2", None]
    most = client.post(address, sent | {"seats-TOTAL_FORMS": 12})
    assert len(most.context["formset"].forms) == 12
    assert grouped.panels.get().seats_wanted == wanted
    none = {"seats-TOTAL_FORMS": 0, "seats-INITIAL_FORMS": 0}
    assert client.post(address, none).status_code == 409


def test_the_pool_by_its_pages(officer, expert, firm, client_of):
    """With employers that are entered for the first time."""
    office, known = client_of(officer), "12220000MB1A2B3C4C"
    entry = {
        "user": expert.pk,
        "kinds": ["technology"],
        "new_employer": "新研究院",
        "new_code": known,
        "region": "220100",
        "title": "研究员",
    }
    assert office.post(reverse("reviews:pool_admit"), entry).status_code == 302
    made = Expert.objects.select_related("employer").get(user=expert)
    assert made.employer.uscc == known
    entry |= {"new_employer": "又一研究院", "new_code": "12220000MB1A2B3D5G", "active": "on"}
    address = reverse("reviews:expert_edit", args=[made.pseudonym])
    assert office.post(address, entry).status_code == 302
    made.refresh_from_db()
    assert made.employer.name == "又一研究院"
    address = reverse("reviews:expert_tie", args=[made.pseudonym])
    tie = {"organisation": firm.name, "kind": "share"}
    assert office.post(address, tie).status_code == 302
    assert made.interests.get().organisation == firm


def settle(call, person, client_of) -> JointDecision:
    """An order of all, whom every rule leaves tied, recorded by its page."""
    order = call.rankings.get().entries.filter(tied=True).order_by("-application")
    data = {f"place_{entry.application_id}": n for n, entry in enumerate(order, start=1)}
    data |= {"minutes_no": "联席纪要〔2026〕2号", "reason": "经联席会议比较技术路线后确定。"}
    address = reverse("reviews:propose_tie", args=[call.number])
    assert client_of(person).post(address, data).status_code == 302
    return JointDecision.objects.get()


@pytest.mark.parametrize(("who", "versions"), [("officer2", 2), ("approver", 1)])
def test_a_tie_is_settled_together(ranked_call, officer, client_of, who, versions, request):
    """An officer who confirms ranks anew at once."""
    decision = settle(ranked_call, officer, client_of)
    second = client_of(request.getfixturevalue(who))
    assert second.post(reverse("reviews:confirm_tie", args=[decision.pk])).status_code == 302
    assert ranked_call.rankings.count() == versions


def test_a_tie_after_a_hearing_is_settled_together(marked, officer, officer2, client_of):
    ranking.close_hearing(call=marked, by=officer)
    ranking.compute_ranking(call=marked, by=officer)
    decision = settle(marked, officer, client_of)
    second = client_of(officer2)
    assert second.post(reverse("reviews:confirm_tie", args=[decision.pk])).status_code == 302
    assert marked.rankings.count() == 2
