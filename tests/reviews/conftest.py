"""The panels of this app's tests; the people are those of `tests.cast`."""

import pytest

from reviews.models import Assignment, Panel, Seat
from tests.reviews import table


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
