"""Appointing all that wait at once: by the page, by the command; what is shown is what is done."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from audit.models import Event
from notifications.models import Message
from secretaries.models import AppointmentGap, ServiceAssignment
from secretaries.services import appointments
from tests.secretaries.people import Cast
from tests.secretaries.test_pages import url
from tests.signing import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def served() -> dict[str, int]:
    """How many projects each secretary leads now."""
    rows = ServiceAssignment.objects.filter(valid_to=None)
    names = list(rows.values_list("secretary__user__name", flat=True))
    return {name: names.count(name) for name in names}


def test_the_lead_sees_who_would_get_what_and_appoints(cast: Cast) -> None:
    cast.secretary("赵立新")
    cast.secretary("孙桂芳", max_load=1)
    appointments.appoint(application=cast.project())
    for _n in range(4):
        cast.project()
    client = client_of(cast.lead)
    page = client.get(url("together"))
    plan = page.context["plan"]
    loads = {one.name: (one.before, one.after, one.most) for one in plan.takers}
    assert (loads, plan.given, len(plan.left)) == (
        {"赵立新": (1, 3, 3), "孙桂芳": (0, 1, 1)}, 3, 1
    )  # fmt: skip
    assert ServiceAssignment.objects.count() == 1
    assert client.post(url("together"), {"seen": plan.digest}).status_code == 302
    assert served() == {"赵立新": 3, "孙桂芳": 1}
    (gap,) = AppointmentGap.objects.filter(closed_at=None)
    assert (gap.application, gap.reasons) == plan.left[0]
    assert gap.reasons["load"] == 2
    assert Event.objects.filter(action="assignment.appoint", actor_id=cast.lead.pk).count() == 3
    assert Message.objects.filter(kind="secretary.gap").count() == 1


def test_what_changed_meanwhile_is_looked_at_again(cast: Cast) -> None:
    cast.secretary("赵立新")
    cast.project()
    client = client_of(cast.lead)
    seen = client.get(url("together")).context["plan"].digest
    cast.secretary("孙桂芳")
    cast.project()
    answer = client.post(url("together"), {"seen": seen}, follow=True)
    assert (answer.status_code, served()) == (200, {})
    assert "重新查看" in answer.content.decode()
    again = answer.context["plan"].digest
    assert client.post(url("together"), {"seen": again}).status_code == 302
    assert served() == {"赵立新": 1, "孙桂芳": 1}


def test_nobody_but_the_lead(cast: Cast) -> None:
    for user in (cast.officer, cast.secretary("赵立新").user, cast.owner):
        assert client_of(user).get(url("together")).status_code == 403


def test_the_command_says_it_and_does_it(cast: Cast) -> None:
    cast.secretary("赵立新", max_load=1)
    first, second = cast.project("换热机组"), cast.project("板式换热器")
    said = []
    for arguments in (["--dry-run"], []):
        out = StringIO()
        call_command("appoint_secretaries", *arguments, stdout=out)
        said.append(out.getvalue().splitlines())
    assert said[0][0] == "赵立新 (四平市工信局) 0 -> 1/1"
    assert said[1] == [*said[0], "1 appointed"]
    assert len(said[0]) == 3
    assert ServiceAssignment.objects.get().application in (first, second)
    assert Event.objects.filter(action="assignment.appoint", origin="command").exists()


def test_queries_do_not_grow(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client, counts = client_of(cast.lead), []
    for size in (3, 40):
        for n in range(size):
            cast.secretary(f"秘书{size}{n}", max_load=1)
            cast.project()
        for _n in range(3):
            cast.project()
        client.get(url("together"))
        with django_assert_max_num_queries(12) as captured:
            assert client.get(url("together")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    plan = client.get(url("together")).context["plan"]
    assert client.post(url("together"), {"seen": plan.digest}).status_code == 302
    # Everything at once: a gap filled, others tried again, a new one left.
    cast.secretary("新秘书", max_load=5)
    for _n in range(2):
        cast.project()
    plan = client.get(url("together")).context["plan"]
    assert (plan.given, len(plan.left)) == (5, 3)
    assert client.post(url("together"), {"seen": plan.digest}).status_code == 302
    assert AppointmentGap.objects.filter(closed_at=None).count() == 3
    assert Message.objects.filter(kind="secretary.gap_filled").exists()
