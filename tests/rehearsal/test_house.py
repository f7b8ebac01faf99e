"""What a whole rehearsal leaves in its house, read from a copy of it."""

import pytest

from secretaries.models import ServiceAssignment
from tests import rehearsed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(rehearsal, django_db_blocker):
    """The rehearsal's database; nothing here writes."""
    with (
        django_db_blocker.unblock(),
        rehearsed.copy_of(rehearsed.MOULD, f"house_{rehearsed.process()}"),
    ):
        yield


def test_every_secretary_signed_in_time_and_made_the_first_contact(house):
    rows = list(ServiceAssignment.objects.filter(role="lead"))
    assert rows
    for row in rows:
        assert row.accepted_at is not None
        assert row.accepted_at <= row.first_contact_due
        visits = list(row.visits.order_by("pk"))
        assert visits[0].kind == "phone"
        assert all(visit.confirmed_at is not None for visit in visits)
