"""What fails at one clock is logged, and keeps no other one from being told of."""

import pytest
from django.db import connection

from secretaries.models import Escalation
from secretaries.services import clocks, requests
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
    refuse_rungs_of(rows[0].finish_id)
    assert clocks.watch_clocks() == 2
    told = Escalation.objects.values_list("clock", flat=True)
    assert set(told) == {rows[1].finish_id, rows[2].finish_id}
    assert [r.getMessage() for r in caplog.records if r.name == "secretaries.services.apart"] == [
        f"secretaries.services.clocks {rows[0].finish_id} failed"
    ]
    sql("DROP TRIGGER refused_rung ON secretaries_escalation")
    assert clocks.watch_clocks() == 1


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def refuse_rungs_of(number: int) -> None:
    sql(
        """
        CREATE FUNCTION refuse_rung() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused'; END $$
        """
    )
    sql(
        f"""
        CREATE TRIGGER refused_rung BEFORE INSERT ON secretaries_escalation
        FOR EACH ROW WHEN (NEW.clock_id = {int(number)}) EXECUTE FUNCTION refuse_rung()
        """
    )
