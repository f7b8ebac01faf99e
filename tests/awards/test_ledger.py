"""The ledger: any allowed sequence keeps it in balance, and plain SQL cannot put it out of it."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from awards import ledger
from awards.ledger import HELD, Account, Kind
from awards.models import Envelope, LedgerEntry
from awards.services.ledger import Booking, books
from tests.awards import stages
from tests.awards.stages import WAN
from tests.awards.test_guards import refused

ACTS = st.lists(
    st.tuples(st.sampled_from(Kind), st.decimals("0.01", "1000000000.00", places=2)), max_size=40
)


def settled(entries):
    """The entries that may be made, one after the other, and the balances after them."""
    balances, made = ledger.empty(), []
    for kind, amount in entries:
        try:
            balances = ledger.moved(balances, kind, amount)
        except ledger.Overdrawn:
            continue
        made.append((kind, amount))
    return balances, made


class TestFold:
    @given(ACTS)
    def test_nothing_falls_below_zero_and_all_totals_the_ceiling(self, entries):
        balances, made = settled(entries)
        assert min(balances[one] for one in HELD) >= 0
        assert sum(balances[one] for one in HELD) == ledger.ceiling(balances)
        assert sum(balances.values()) == 0
        assert ledger.fold(made) == balances

    @given(ACTS)
    def test_an_entry_moves_its_sum_between_two_accounts_and_no_other(self, entries):
        before, _made = settled(entries)
        before |= dict.fromkeys(HELD, Decimal(10) ** 12)
        before[Account.AUTHORITY] = -sum(before[one] for one in HELD)
        for kind, move in ledger.MOVES.items():
            after = ledger.moved(before, kind, Decimal("0.01"))
            changed = {one for one in Account if after[one] != before[one]}
            assert changed == {move.credit, move.debit}

    @pytest.mark.parametrize("amount", [Decimal(0), Decimal("-0.01")])
    def test_a_sum_is_more_than_nothing(self, amount):
        with pytest.raises(ValueError, match="moves more"):
            ledger.moved(ledger.empty(), Kind.CEILING_RAISED, amount)

    @given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
    def test_what_was_carried_in_is_spent_first_and_never_carried_again(
        self, granted, carried_in, spent, carried
    ):
        ceiling = granted + carried_in
        available = ceiling - spent - carried
        if available < 0:
            return
        left = ledger.carriable(
            available=Decimal(available), ceiling=Decimal(ceiling), carried=Decimal(carried),
            carried_in=Decimal(carried_in),
        )  # fmt: skip
        assert left == max(0, available - max(0, carried_in - spent))
        assert left <= granted


def balances(envelope: Envelope) -> dict[str, Decimal]:
    envelope.refresh_from_db()
    held = {one: getattr(envelope, one.value) for one in HELD}
    return {**held, Account.AUTHORITY: -envelope.ceiling}


class TestTable:
    def test_the_columns_are_the_fold_of_the_entries(self, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        entries = LedgerEntry.objects.order_by("number").values_list("kind", "amount")
        found = ledger.fold((Kind(kind), amount) for kind, amount in entries)
        assert balances(Envelope.objects.get()) == found
        assert found[Account.PAID] == 1_500 * WAN

    def test_nothing_is_clawed_back_without_a_receipt_that_two_have_seen(self, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        envelope = Envelope.objects.get()
        booking = Booking(Kind.RECOVERED, WAN, "追回〔2026〕1号", award=agreed.award_id)
        with (
            pytest.raises(DatabaseError, match="no entry of the book: recovered"),
            transaction.atomic(),
        ):
            books(envelope=envelope.pk, entries=[booking], by=people.finance)

    def test_an_entry_is_made_by_somebody(self, people, agreed):
        stages.paid(people, stages.part(agreed, 1))
        booking = Booking(Kind.RECOVERED, WAN, "追回〔2026〕1号", award=agreed.award_id)
        with pytest.raises(DatabaseError, match="names who made it"), transaction.atomic():
            books(envelope=Envelope.objects.get().pk, entries=[booking], by=User(pk=10**9))

    @pytest.mark.parametrize("kind", sorted(ledger.DOCUMENTED))
    def test_what_a_document_alone_can_do_names_it(self, people, agreed, kind):
        causes = dict.fromkeys(ledger.MOVES[kind].causes, 1)
        booking = Booking(kind, WAN, "", **causes)
        with pytest.raises(DatabaseError, match="names its document"), transaction.atomic():
            books(envelope=Envelope.objects.get().pk, entries=[booking], by=people.finance)

    @pytest.mark.parametrize("kind", Kind)
    def test_plain_sql_enters_nothing_without_its_cause(self, people, agreed, kind):
        """Without any, and with one that was booked already; nothing is written either way."""
        stages.paid(people, stages.part(agreed, 1))
        envelope, move = Envelope.objects.get(), ledger.MOVES[kind]
        known = {
            "item": agreed.award.application.funding_items.get().pk,
            "award": agreed.award_id,
            "change": envelope.changes.get().pk,
            "payment": stages.part(agreed, 1).payment.pk,
        }
        names = [name for name in known if name in move.causes]
        before, count = balances(envelope), LedgerEntry.objects.count()
        for causes in ([], names) if kind != Kind.RECOVERED else ([],):
            columns = "".join(f", {name}_id" for name in causes)
            given_ = "".join(f", {known[name]}" for name in causes)
            assert (
                refused(
                    "INSERT INTO awards_ledgerentry (envelope_id, number, kind, credit, debit,"
                    f" amount, at, by_id, document, reason{columns})"
                    f" VALUES (%s, 0, %s, %s, %s, 1, now(), %s, '1', ''{given_})",
                    *(
                        envelope.pk,
                        kind.value,
                        move.credit.value,
                        move.debit.value,
                        people.finance.pk,
                    ),
                )
                or move.credit == Account.RESERVED
            )
        assert (balances(envelope), LedgerEntry.objects.count()) == (before, count)

    @pytest.mark.parametrize(
        ("sql", "why"),
        [
            ("UPDATE awards_ledgerentry SET amount = 1", "append-only"),
            ("DELETE FROM awards_ledgerentry", "append-only"),
            (
                "SET LOCAL steelyard.emptying = off; TRUNCATE awards_ledgerentry CASCADE",
                "append-only",
            ),
            (
                (
                    "INSERT INTO awards_envelope (scheme_id, year, ceiling, available, reserved,"
                    " committed, paid, recovered, carried, entries_made)"
                    " SELECT scheme_id, 2027, 1, 1, 0, 0, 0, 0, 0, 0 FROM awards_envelope"
                ),
                "begins empty",
            ),
        ],
    )
    def test_history_is_not_rewritten(self, people, agreed, sql, why):
        assert why in refused(sql)

    def test_more_than_an_account_has_is_a_no_and_nothing_is_written(self, people, approved):
        """The item itself would allow it: its sum is not reserved yet."""
        envelope, before = Envelope.objects.get(), LedgerEntry.objects.count()
        item = approved.items.get(application__title="P4")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE awards_fundingitem SET outcome = 'funded', amount = 80000000 WHERE id = %s",
                [item.pk],
            )
            cursor.execute(
                "UPDATE applications_application SET status = 'proposed' WHERE id = %s",
                [item.application_id],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")
            booking = Booking(Kind.RESERVED, 8_000 * WAN, item=item.pk)
            assert envelope.available == 6_000 * WAN
            assert not books(envelope=envelope.pk, entries=[booking], by=people.approver)
            transaction.set_rollback(True)
        assert LedgerEntry.objects.count() == before
