"""Two people at the same instant: whoever waits for the other decides on what stands then."""

import pytest

from applications.workflow import Status
from audit import clock
from audit.refusals import Refused
from awards.models import Agreement, Claim, Payment
from awards.services import agreements, claims, decisions, payments, terminations
from tests.awards import stages
from tests.awards.test_notices import dossier, objected
from tests.racing import overtaken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ended(people):
    """Ends a project."""

    def terminate(award):
        proposed = stages.ending(people, award)
        return lambda: terminations.confirm_termination(
            termination=proposed, text=stages.WHY, by=people.approver
        )

    return terminate


def test_nothing_is_claimed_from_a_project_terminated_meanwhile(people, agreed, ended):
    part = stages.part(agreed, 1)
    got = overtaken(ended(agreed.award), lambda: stages.claimed(people, part))
    assert isinstance(got, Refused), got
    assert Claim.objects.count() == 0


def test_no_claim_is_verified_of_a_project_terminated_meanwhile(people, agreed, ended):
    claim = stages.claimed(people, stages.part(agreed, 1))
    got = overtaken(
        ended(agreed.award),
        lambda: claims.verify_claim(
            claim=claim, text="现场核对发票与设备，情况属实。", by=people.secretary
        ),
    )
    assert isinstance(got, Refused), got
    claim.refresh_from_db()
    assert claim.verified_at is None


def test_no_payment_is_entered_for_a_project_terminated_meanwhile(people, agreed, ended):
    claim = stages.verified(people, stages.part(agreed, 1))
    got = overtaken(
        ended(agreed.award),
        lambda: payments.enter_payment(claim=claim, payee=people.firm.name, by=people.finance),
    )
    assert isinstance(got, Refused), got
    assert Payment.objects.count() == 0


def test_no_agreement_is_drawn_up_for_a_project_terminated_meanwhile(people, awarded, ended):
    decisions.record_allocation(
        call=awarded[0].application.call,
        number="吉财产业指〔2026〕89号",
        issued_on=clock.today(),
        by=people.finance,
    )
    got = overtaken(
        ended(awarded[0]), lambda: agreements.draw_up(award=awarded[0], by=people.officer)
    )
    assert isinstance(got, Refused), got
    assert Agreement.objects.count() == 0


def test_an_objection_of_the_last_second_stops_the_award_of_the_next(people, noticed):
    stages.set_ceiling(people, noticed.call)

    def award():
        stages.pass_day(noticed.ends_on)
        return decisions.award(call=noticed.call, by=people.approver)

    got = overtaken(lambda: objected(noticed, "P1"), award)
    assert [row.application.title for row in got] == ["P2", "P3"]
    assert dossier("P1").status == Status.ON_NOTICE
