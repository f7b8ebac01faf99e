"""The panels of this app's tests; the people are those of `tests.cast`."""

import pytest
from django.utils import translation

from applications.models import Call
from reviews.models import Assignment, Draw, Expert, Panel, Seat
from reviews.services import panels
from tests.reviews import round, table


@pytest.fixture
def panel(officer, firm) -> Panel:
    """Three dossiers under review."""
    return table.panel(officer, firm)


@pytest.fixture
def seat(panel, expert) -> Seat:
    """The expert has accepted, nothing is declared."""
    return table.seat(panel, expert)


@pytest.fixture
def opened(seat) -> list[Assignment]:
    """The expert's dossiers, declared on without conflict."""
    return table.declared(seat)


@pytest.fixture
def pool(officer, experts) -> list[Expert]:
    """Nine experts of four kinds, none with a tie."""
    return round.fill_pool(officer, experts)


@pytest.fixture
def screened(officer, firm) -> Call:
    """A call with eight eligible dossiers of two kindred industries."""
    return round.eligible(officer, firm, {"equipment": 5, "ev_parts": 3})


@pytest.fixture
def grouped(screened, pool, officer) -> Call:
    """Its one panel stands, and nine experts are in the pool."""
    panels.form_panels(call=screened, by=officer)
    screened.refresh_from_db()
    return screened


@pytest.fixture
def draw(grouped, officer, supervisor) -> Draw:
    """Five experts drawn and invited."""
    return round.drawn(grouped, officer, supervisor)


@pytest.fixture
def reviewed(draw, officer) -> Call:
    """Scoring is open; nobody has marked anything."""
    round.seat_all(draw)
    return round.open_review(draw.call, officer)


@pytest.fixture
def scored(reviewed) -> Call:
    """Every expert has marked at the same tier and signed."""
    for seat in reviewed.draws.get().seats.select_related("panel", "expert__user"):
        round.score(seat)
    return reviewed


@pytest.fixture
def english():
    """Sentences are compared in English."""
    with translation.override("en"):
        yield
