"""What a hearing's states are called for whom they concern, and which deadline is shown when."""

import pytest

from applications.stages import rail
from audit import clock
from reviews.models import Stage
from reviews.selectors import expert as own
from reviews.services import ranking
from reviews.views.expert_words import state_of
from tests.reviews import hearing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def due_on_rail(call):
    [step] = [step for step in rail(call, clock.now()) if step.state == "now"]
    return step.code, step.due


def test_the_rail_has_no_deadline_between_paper_and_shortlist(on_paper, officer, client_of):
    assert due_on_rail(on_paper) == ("score", on_paper.scoring_due_at)
    call = hearing.closed_on_paper(on_paper, officer)
    call.refresh_from_db()
    assert due_on_rail(call) == ("hearing", None)
    client = client_of(officer)
    for page in ("progress", "hearing"):
        assert client.get(f"/{page}/{call.number}/").status_code == 200
    for seat in hearing.seats(call)[:1]:
        assert client_of(seat.expert.user).get("/my-reviews/").status_code == 200
    hearing.drawn_up(call, officer)
    call.refresh_from_db()
    assert due_on_rail(call) == ("hearing", call.scoring_due_at)
    assert call.scoring_due_at is not None


def words(seat, stage=Stage.HEARING) -> list[str]:
    return [str(state_of(row)[1]) for row in own.marked(seat, stage)]


def test_an_expert_reads_why_a_sheet_is_void(shortlisted, officer, client_of):
    call = shortlisted
    hearing.pass_sittings(call)
    seat, *others = hearing.seats(call)
    entries = call.shortlist.entries.select_related("shortlist__call", "application")
    first, *rest = entries.filter(place__isnull=False).order_by("place")
    hearing.come(first, officer, came=False)
    for entry in rest:
        hearing.come(entry, officer)
    assert words(seat) == ["the firm did not come", *["not scored"] * 3]
    desk = client_of(seat.expert.user)
    desk.cookies["django_language"] = "en"
    assert "the firm did not come" in desk.get("/my-reviews/").content.decode()
    assert [place.absent for place in own.places_of(seat, Stage.HEARING)] == [True, *[False] * 3]
    for other in others:
        hearing.mark(other)
    clock.travel_to(call.scoring_due_at)
    ranking.close_hearing(call=call, by=officer)
    assert words(seat) == ["the firm did not come", *["not signed in time"] * 3]
    assert words(seat, Stage.PAPER) == ["signed"] * 4
