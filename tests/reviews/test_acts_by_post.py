"""The office's acts on a review by their pages, each within the statements of a post."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.models import CallStatus
from audit import clock
from reviews.models import SeatState
from reviews.services import panels
from tests.reviews import round

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
