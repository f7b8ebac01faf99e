"""Unused money of an ended year carried into the next, within what the policy arranges a year."""

from datetime import datetime

import pytest
from django.db import connection
from django.urls import reverse

from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from awards.models import CarryOver, Envelope, LedgerEntry
from awards.services import carrying, envelopes, reserve
from tests.awards import ledger
from tests.awards.stages import WAN
from tests.awards.test_guards import refused
from tests.awards.test_witnesses import lines


def year(number: int) -> Envelope:
    return Envelope.objects.select_related("scheme").get(year=number)


def new_year() -> None:
    clock.travel_to(datetime(2027, 1, 20, 9, tzinfo=clock.SHANGHAI))


@pytest.fixture
def ended(people, awarded):
    """2026 with 24,000 万元 awarded and 6,000 left, a year later."""
    new_year()
    return year(2026)


def propose(people, source, wan, document_no="吉财预〔2027〕3号"):
    return carrying.propose_carry(
        source=source, amount=wan * WAN, document_no=document_no, by=people.finance
    )


def grant_next(people, source, wan):
    change = envelopes.propose_ceiling(
        scheme=source.scheme, year=2027, ceiling=wan * WAN, document_no="1号", by=people.finance
    )
    return envelopes.confirm_ceiling(change=change, by=people.finance2)


def test_two_officers_carry_over_and_both_years_say_so(people, ended):
    grant_next(people, ended, 20_000)
    asked = propose(people, ended, 6_000)
    with pytest.raises(WrongState):
        propose(people, ended, 1)
    with pytest.raises(NotPermitted):
        carrying.confirm_carry(carry=asked, by=people.finance)
    with pytest.raises(NotPermitted):
        carrying.confirm_carry(carry=asked, by=people.approver)
    carrying.confirm_carry(carry=asked, by=people.finance2)
    with pytest.raises(WrongState):
        carrying.confirm_carry(carry=asked, by=people.finance2)
    old, new = year(2026), year(2027)
    assert (old.available, old.carried, old.ceiling) == (0, 6_000 * WAN, 30_000 * WAN)
    assert (new.available, new.ceiling) == (26_000 * WAN, 26_000 * WAN)
    assert lines() == []
    connection.check_constraints()


def test_the_year_never_has_more_than_the_policy_arranges(people, ended):
    grant_next(people, ended, 25_000)
    with pytest.raises(Invalid, match="5,000") as over:
        propose(people, ended, 5_001)
    assert over.value.field == "amount"
    carrying.confirm_carry(carry=propose(people, ended, 5_000), by=people.finance2)
    with pytest.raises(Invalid, match="5,000"):
        grant_next(people, ended, 25_001)
    assert grant_next(people, ended, 24_000).ceiling == 29_000 * WAN


@pytest.mark.parametrize("wan", [0, 6_001])
def test_no_more_than_is_left(people, ended, wan):
    with pytest.raises(Invalid):
        propose(people, ended, wan)


def test_a_document_is_needed(people, ended):
    with pytest.raises(Invalid) as bare:
        propose(people, ended, 1, " ")
    assert bare.value.field == "document_no"


def test_what_was_carried_in_and_not_spent_stays(people, ended):
    """Two years unspent is surplus: only what 2027 was granted itself goes on to 2028."""
    grant_next(people, ended, 1_000)
    carrying.confirm_carry(carry=propose(people, ended, 6_000), by=people.finance2)
    clock.travel_to(datetime(2028, 1, 20, 9, tzinfo=clock.SHANGHAI))
    with pytest.raises(Invalid, match="1,000"):
        propose(people, year(2027), 1_001)
    assert propose(people, year(2027), 1_000).target.year == 2028


def test_a_year_that_runs_or_is_not_settled_keeps_its_money(people, approved):
    with pytest.raises(WrongState):
        propose(people, year(2026), 1)
    new_year()
    with pytest.raises(WrongState):  # its call is decided, and its list still holds sums
        propose(people, year(2026), 1)


def test_nothing_goes_beyond_the_scheme(people, ended):
    last = ledger.grant(
        type("Of", (), {"scheme": ended.scheme, "year": 2028})(), WAN, people.finance,
        people.finance2,
    )  # fmt: skip
    with pytest.raises(WrongState):
        propose(people, last, 1)


def test_it_can_be_refused_and_entered_anew(people, ended):
    asked = propose(people, ended, 6_000)
    with pytest.raises(Invalid):
        carrying.refuse_carry(carry=asked, reason="不", by=people.finance2)
    carrying.refuse_carry(carry=asked, reason="文号有误，请重新录入。", by=people.finance2)
    with pytest.raises(WrongState):
        carrying.confirm_carry(carry=asked, by=people.finance2)
    carrying.confirm_carry(carry=propose(people, ended, 5_999), by=people.finance2)
    assert LedgerEntry.objects.filter(carry__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE awards_carryover SET confirmed_by_id = %s, confirmed_at = now()", "confirmed"),
        ("UPDATE awards_carryover SET amount = amount + 1 WHERE id <> %s", "what was recorded"),
        ("DELETE FROM awards_carryover WHERE id <> %s", "rows are kept"),
        (
            (
                "INSERT INTO awards_carryover (source_id, target_id, amount, document_no,"
                " proposed_by_id, proposed_at, refusal) SELECT target_id, source_id, 1, '1', %s,"
                " now(), '' FROM awards_carryover"
            ),
            "not into the next year",
        ),
    ],
)
def test_plain_sql_carries_nothing(people, ended, sql, why):
    propose(people, ended, 6_000)
    assert why in refused(sql, people.finance2.pk)
    assert CarryOver.objects.get().confirmed_at is None


def test_who_moves_up_is_held_to_what_the_year_has_left(people, approved):
    """P2 drops out with 12,000 万元; 9,000 of them are gone by then, so that nobody fits."""
    envelope = year(2026)
    envelopes.confirm_ceiling(
        change=envelopes.propose_ceiling(
            scheme=envelope.scheme, year=2026, ceiling=24_000 * WAN, document_no="2号",
            by=people.finance,
        ),
        by=people.finance2,
    )  # fmt: skip
    moved = reserve.disqualify(
        application=approved.items.get(application__title="P1").application,
        reason="企业已被列入失信名单。", by=people.approver,
    )  # fmt: skip
    assert moved == []
    after = year(2026)
    assert (after.available, after.reserved) == (3_000 * WAN, 21_000 * WAN)
    connection.check_constraints()


def test_a_declined_place_is_filled_and_the_ledger_follows(people, approved):
    reserve.disqualify(
        application=approved.items.get(application__title="P2").application,
        reason="企业已被列入失信名单。", by=people.approver,
    )  # fmt: skip
    kinds = LedgerEntry.objects.order_by("number").values_list("kind", "amount")
    assert list(kinds)[-3:] == [
        ("unreserved", 12_000 * WAN), ("reserved", 8_000 * WAN), ("reserved", 4_000 * WAN),
    ]  # fmt: skip
    assert year(2026).reserved == 24_000 * WAN
    connection.check_constraints()


@pytest.mark.parametrize(
    ("ceiling", "most", "forms"), [(20_000, 6_000, 1), (28_000, 2_000, 1), (30_000, 0, 0)]
)
def test_the_page_offers_what_the_next_year_has_room_for(
    client_of, people, ended, ceiling, most, forms
):
    grant_next(people, ended, ceiling)
    page = client_of(people.finance).get(reverse("awards:carry", args=[ended.scheme.code, 2026]))
    assert page.context["most"] == most * WAN
    assert page.content.decode().count('name="amount"') == forms
