"""Who is told of what the treasury's answer does not match, and of a payment taken meanwhile."""

import pytest
from django.urls import reverse

from audit import clock
from awards.models import AnswerLine
from awards.services import settlements
from awards.waiting import waiting_for
from tests.awards import stages
from tests.awards.test_batches import WHY, said, table, took


def waits(person, url):
    return [i.why for i in waiting_for(person, clock.now()) if i.url == url]


@pytest.fixture
def differing(people, stage, ranked):
    """A batch whose answer gives one payment another sum."""
    batch = stage("sent", ranked)
    took(people, batch, table(said(batch, 1), said(batch, 2, amount="1.00")))
    return batch


def test_open_rows_wait_for_finance_until_somebody_asks_to_settle_them(people, differing):
    url = reverse("awards:reconciliation", args=[differing.number])
    row = AnswerLine.objects.get(finding="wrong_amount")
    (why,) = waits(people.finance, url)
    assert "1 行" in why
    assert waits(people.finance2, url) == [why]
    assert waits(people.approver, url) == waits(people.officer, url) == []
    settlements.propose_settlement(
        batch=differing, answer_line=row, line=row.line, kind="record", voucher_no="ZF-2",
        paid_on=clock.today(), reason=WHY, by=people.finance,
    )  # fmt: skip
    assert waits(people.finance, url) == []
    assert waits(people.finance2, url) == [WHY]


def test_the_list_of_batches_links_to_them(people, differing, client_of):
    page = client_of(people.finance).get(reverse("awards:batches"))
    assert [row.differing for row in page.context["page"]] == [1]
    url = reverse("awards:reconciliation", args=[differing.number])
    assert page.content.decode().count(url) == 1


def test_a_payment_that_a_colleague_took_is_said_in_words(people, ranked, client_of):
    first, *others = (str(p.pk) for p in stages.all_released(people, ranked))
    listed = reverse("awards:batches")
    assert client_of(people.finance2).post(listed, {"payments": [first]}).status_code == 302
    refused = client_of(people.finance).post(listed, {"payments": [first, *others]})
    assert refused.status_code == 422
    (error,) = refused.context["form"].errors["payments"]
    assert "[" not in error
    assert "批次" in error


def test_a_payment_says_to_the_office_in_which_batch_it_is(people, differing, client_of):
    line = differing.lines.get(position=1)
    page = reverse("awards:instalment", args=[line.payment.instalment_id])
    batch = reverse("awards:batch", args=[differing.number])
    assert batch in client_of(people.finance).get(page).content.decode()
    assert batch not in client_of(people.owner).get(page).content.decode()
