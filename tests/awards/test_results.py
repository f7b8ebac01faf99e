"""What the public reads of a project that was terminated."""

from django.urls import reverse

from awards.models import Envelope
from awards.services import clawbacks
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_recoveries import owing, receipt


def test_paid_and_recovered_stand_in_the_results_and_agree_with_the_ledger(people, agreed, client):
    stages.paid(people, stages.part(agreed, 1))
    order = owing(people, agreed.award, 1_000)
    got = receipt(order, 400 * WAN, people.finance)
    url = reverse("portal:public_result", args=[agreed.award.application.call.number])

    def ended():
        page = client.get(url)
        return page, [(row.title, row.paid, row.recovered) for row in page.context["ended"]]

    assert ended()[1] == [("P1", 1_500 * WAN, 0)]
    clawbacks.confirm_repayment(repayment=got, by=people.finance2)
    page, rows = ended()
    assert rows == [("P1", 1_500 * WAN, got.principal)]
    envelope = Envelope.objects.get()
    assert page.context["paid"] + 1_500 * WAN == envelope.paid + envelope.recovered
    assert "P1" not in [row.title for row in page.context["page"]]
