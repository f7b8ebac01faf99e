"""What fails at one clock is logged, and keeps no other one from being told of."""

import pytest
from django.db import connection

from applications.models import Application
from applications.workflow import Status
from secretaries import tasks
from secretaries.models import Escalation
from secretaries.services import appointments, clocks, requests
from tests.secretaries.people import made_older, on_a_day
from tests.secretaries.test_clocks import worked
from tests.secretaries.test_requests import Served

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Served:
    on_a_day(worked=True)
    return Served()


def test_a_fault_at_one_clock_keeps_none_of_the_others(
    cast: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """The database refuses what is written of one request; the next run finds it again."""
    rows = [
        requests.reply(request=cast.ask(), text="已转办理。", by=cast.zhao.user) for _n in range(3)
    ]
    for row in rows:
        made_older(row, worked(6))
    number = rows[0].finish_id
    refuse(f"BEFORE INSERT ON secretaries_escalation FOR EACH ROW WHEN (NEW.clock_id = {number})")
    assert clocks.watch_clocks() == 2
    told = Escalation.objects.values_list("clock", flat=True)
    assert set(told) == {rows[1].finish_id, rows[2].finish_id}
    assert [r.getMessage() for r in caplog.records if r.name == "secretaries.services.apart"] == [
        f"secretaries.services.clocks {rows[0].finish_id} failed"
    ]
    sql("DROP TRIGGER refused ON secretaries_escalation")
    assert clocks.watch_clocks() == 1


def test_a_fault_in_one_step_of_the_day_keeps_none_of_the_others(cast: Served) -> None:
    """The database refuses to end the assignment of a finished project; the ladder is climbed."""
    row = requests.reply(request=cast.ask(), text="已转办理。", by=cast.zhao.user)
    made_older(row, worked(6))
    over = cast.project(status=Status.AWARDED)
    appointments.appoint(application=over)
    Application.objects.filter(pk=over.pk).update(status=Status.COMPLETED)
    refuse("BEFORE UPDATE ON secretaries_serviceassignment FOR EACH ROW")
    with pytest.raises(ExceptionGroup) as faults:
        tasks.daily()
    assert [str(error).splitlines()[0] for error in faults.value.exceptions] == ["refused"]
    assert Escalation.objects.values_list("clock", flat=True).get() == row.finish_id
    sql("DROP TRIGGER refused ON secretaries_serviceassignment")
    tasks.daily()
    assert over.service_assignments.filter(valid_to=None).count() == 0


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def refuse(when: str) -> None:
    """From now on the database refuses that, as `refused`."""
    sql(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused'; END $$
        """
    )
    sql(f"CREATE TRIGGER refused {when} EXECUTE FUNCTION refuse()")
