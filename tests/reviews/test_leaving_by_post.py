"""An expert leaves by a page, and seats change hands: each within the statements of a post."""

from collections import Counter

import pytest
from django.urls import reverse

from notifications import services as notifications
from notifications.choices import Pace, Way
from notifications.kinds import Sort
from reviews.models import Assignment, Seat
from reviews.services import declarations, seats
from tests.reviews import round, table
from tests.reviews.leaving import WHY, aside, followers, sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def accepted(draw) -> Seat:
    """An expert has accepted; nothing is declared."""
    seat = draw.seats.select_related("expert__user").order_by("pk").first()
    return seats.accept(seat=seat, by=seat.expert.user)


def declared(client, seat, conflicts) -> Seat:
    """The page of the declaration, sent with conflicts on the first so many dossiers."""
    answers = {"rest": "1", "promise": "1"}
    for row in seat.assignments.order_by("application__place__order")[:conflicts]:
        answers |= {
            f"answer-{row.pk}": "conflict",
            f"kind-{row.pk}": "kin",
            f"reason-{row.pk}": "近亲属任职",
        }
    answer = client.post(reverse("reviews:declare", args=[seat.pk]), answers)
    assert answer.status_code == 302
    seat.refresh_from_db()
    return seat


@pytest.mark.parametrize(
    ("conflicts", "state"), [(0, "accepted"), (1, "accepted"), (5, "replaced"), (8, "replaced")]
)
def test_a_declaration(accepted, client_of, conflicts, state):
    client = client_of(accepted.expert.user)
    assert declared(client, accepted, conflicts).state == state
    assert Seat.objects.filter(follows=accepted).exists() == (state == "replaced")


def test_a_declaration_that_costs_another_the_seat(draw, officer, client_of):
    """Its own dossiers open, another's close, and the next of a day's mail is written."""
    notifications.choose(
        user=officer, chosen={(Sort.ACT, Way.EMAIL): Pace.DAILY}, mobile="", by=officer
    )
    for seat in round.invited(draw):
        seats.accept(seat=seat, by=seat.expert.user)
    first, second, third, *_ = sitting(draw.call)
    dossier = table.application_of(first.panel, 1)
    for seat in (second, third):
        row = Assignment.objects.get(seat=seat, application=dossier)
        declarations.declare(
            assignment=row, conflict=True, kind="kin", reason="近亲属任职", by=seat.expert.user
        )
    assert declared(client_of(first.expert.user), first, 1).state == "accepted"
    assert [new.follows_id for new in followers(draw.call)] == [third.pk]
    assert Counter(first.assignments.values_list("state", flat=True)) == {"open": 7, "recused": 1}


def left(client, seat, dossier, ground="conflict"):
    row = Assignment.objects.get(seat=seat, application=dossier)
    data = {"ground": ground, "reason": "发现持有该企业股份"}
    answer = client.post(reverse("reviews:step_aside", args=[row.pk]), data)
    assert answer.status_code == 302


def test_an_expert_leaves_too_many_dossiers(reviewed, client_of):
    seat = sitting(reviewed)[0]
    client = client_of(seat.expert.user)
    for dossier in round.dossiers(reviewed)[:2]:
        left(client, seat, dossier)
    assert [new.follows_id for new in followers(reviewed)] == [seat.pk]


def test_an_expert_leaves_a_dossier_short_of_scores(reviewed, client_of):
    dossier = round.dossiers(reviewed)[0]
    mine = sitting(reviewed)
    for seat in mine[:2]:
        aside(seat, dossier)
    left(client_of(mine[2].expert.user), mine[2], dossier)
    assert len(followers(reviewed)) == 1


def recorded(client, call, seat, dossier):
    """Both posts of the office's page."""
    address = reverse("reviews:record_conflict", args=[call.number, 1])
    data = {
        "expert": seat.expert.pseudonym,
        "dossier": dossier.pk,
        "ground": "share",
        "reason": WHY,
        "evidence": table.EVIDENCE,
    }
    shown = client.post(address, data)
    assert shown.status_code == 200
    answer = client.post(address, dict(shown.context["fields"]))
    assert answer.status_code == 302


def test_the_office_bars_an_expert_from_too_much(reviewed, officer, client_of):
    seat = sitting(reviewed)[0]
    for dossier in round.dossiers(reviewed)[:2]:
        recorded(client_of(officer), reviewed, seat, dossier)
    assert [new.follows_id for new in followers(reviewed)] == [seat.pk]


def test_the_office_leaves_a_dossier_short_of_scores(reviewed, officer, client_of):
    dossier = round.dossiers(reviewed)[0]
    mine = sitting(reviewed)
    for seat in mine[:2]:
        aside(seat, dossier)
    recorded(client_of(officer), reviewed, mine[2], dossier)
    assert len(followers(reviewed)) == 1
