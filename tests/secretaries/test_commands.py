"""The ladder and the appraisal from the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import translation

from audit import clock
from audit.models import Event
from secretaries.models import Escalation, SecretaryAppraisal, ServiceAssignment
from secretaries.selectors.appraising import Quarter, quarter_of
from secretaries.services import requests
from tests.secretaries.people import made_older
from tests.secretaries.test_clocks import worked
from tests.secretaries.test_requests import Served

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Served:
    return Served()


def said(*arguments: Any) -> list[str]:
    out = StringIO()
    with translation.override("zh-hans"):
        call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_ladder_is_climbed_on_demand_and_once(cast: Served) -> None:
    row = requests.reply(request=cast.ask(), text="已转办理。", by=cast.zhao.user)
    made_older(row, worked(6))
    told = f"{cast.zhao.user.name}、{cast.lead.name}"
    assert said("climb_ladder") == [f"{row.number} 办结 超期：报单位负责人: {told}", "1 told of"]
    assert said("climb_ladder") == ["0 told of"]
    assert Escalation.objects.get().rung == "unit"
    assert Event.objects.get(action="request.escalate").origin == "command"


def test_an_older_quarter_is_appraised_and_none_that_runs(cast: Served) -> None:
    running = quarter_of(clock.today())
    older = running.before.before
    back = clock.today() - older.first
    ServiceAssignment.objects.update(valid_from=F("valid_from") - back)
    lines = said("appraise_secretaries", "--quarter", str(older))
    assert lines[-1] == f"{older}: 1 appraised"
    assert said("appraise_secretaries", "--quarter", str(older)) == [f"{older}: 0 appraised"]
    assert said("appraise_secretaries")[-1] == f"{running.before}: 1 appraised"
    made = SecretaryAppraisal.objects.values_list("year", "quarter")
    found = {Quarter(year, quarter) for year, quarter in made}
    assert found == {older, running.before}
    for wrong in (str(running), "2026-2", "二季度"):
        with pytest.raises(CommandError):
            said("appraise_secretaries", "--quarter", wrong)
