"""What the database itself refuses, whoever asks: sums that do not add up, records rewritten."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.awards import stages


def refused(sql: str, *values: object, at_once: str = "") -> str:
    """The message with which the database refuses one transaction of raw SQL; "" if it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if at_once:  # this constraint before all others
                cursor.execute(f"SET CONSTRAINTS {at_once} IMMEDIATE")
            cursor.execute(sql, values)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return str(error).splitlines()[0]
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return ""


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE awards_envelope SET committed = committed + 1", "only entries of the ledger"),
        ("UPDATE awards_envelope SET year = year + 1", "only entries of the ledger"),
        ("DELETE FROM awards_envelope", "an envelope stays"),
        ("UPDATE awards_award SET amount = amount - 1", "what was recorded stays"),
        ("UPDATE awards_award SET paid = paid + 1", "its vouchers total"),
        (
            ("SET CONSTRAINTS award_booked IMMEDIATE;UPDATE awards_award SET paid = paid + 1"),
            "paid, the ledger says",
        ),
        ("UPDATE awards_award SET paid = amount + 1", "award_paid_within_amount"),
        ("UPDATE awards_award SET revoked_at = now()", "revoked_who_when_why"),
        ("UPDATE awards_award SET allocation_id = NULL", "written once"),
        ("DELETE FROM awards_award", "rows are kept"),
        ("UPDATE awards_instalment SET amount = amount + 1", "what was recorded stays"),
        ("DELETE FROM awards_instalment WHERE sequence = 3", "rows are kept"),
        (
            (
                "INSERT INTO awards_instalment (award_id, sequence, percent, amount, status)"
                " SELECT id, 4, 1, 1, 'planned' FROM awards_award LIMIT 1"
            ),
            "its instalments total",
        ),
        ("UPDATE awards_instalment SET status = 'paid' WHERE sequence = 2", "does not follow"),
        ("UPDATE awards_instalment SET status = 'planned' WHERE status = 'paid'", "follow"),
        ("UPDATE awards_payment SET amount = amount - 1", "what was recorded stays"),
        ("UPDATE awards_payment SET voucher_no = 'other'", "written once"),
        ("UPDATE awards_payment SET checked_by_id = made_by_id", "written once"),
        ("UPDATE awards_payment SET payee = 'other'", "what was recorded stays"),
        ("DELETE FROM awards_payment", "rows are kept"),
        ("UPDATE awards_claim SET invested = 0", "what was recorded stays"),
        ("UPDATE awards_claim SET verification = 'other'", "written once"),
        ("UPDATE awards_claimfile SET digest = 'other'", "what was recorded stays"),
        ("DELETE FROM awards_claimfile", "rows are kept"),
        ("UPDATE awards_agreement SET content = '{}'", "what was recorded stays"),
        ("UPDATE awards_agreement SET firm_signed_by_id = office_signed_by_id", "written once"),
        ("UPDATE awards_publicnotice SET content = '{}'", "what was recorded stays"),
        ("UPDATE awards_publicnotice SET ends_on = ends_on + 1", "the period"),
        ("UPDATE awards_noticeitem SET amount = amount + 1", "what was recorded stays"),
        ("DELETE FROM awards_noticeitem", "rows are kept"),
        ("UPDATE awards_fundingitem SET amount = amount + 1 WHERE amount > 0", "stand"),
        ("UPDATE awards_fundingitem SET outcome = 'funded' WHERE outcome = 'reserve'", "stand"),
        ("DELETE FROM awards_fundingitem", "stand"),
        ("UPDATE awards_fundinglist SET status = 'draft'", "does not follow"),
        ("UPDATE awards_fundinglist SET minutes_id = minutes_id + 1", "written once"),
        ("UPDATE awards_minutes SET decisions = 'other'", "what was recorded stays"),
        ("UPDATE awards_fundinglist SET envelope = envelope + 1", "what was recorded stays"),
        ("UPDATE awards_allocationnotice SET total = 1", "what was recorded stays"),
        ("UPDATE awards_envelopechange SET ceiling = 1", "what was recorded stays"),
        ("UPDATE awards_envelopechange SET confirmed_by_id = proposed_by_id", "once"),
    ],
)
def test_raw_sql_is_refused(people, agreed, sql, why):
    stages.paid(people, stages.part(agreed, 1))
    assert why in refused(sql)


def test_an_award_behind_the_back_does_not_fit(people, agreed, ranked):
    """An award written beside the services, without its entry and its parts, is refused."""
    award = (
        "INSERT INTO awards_award (application_id, envelope_id, amount, paid, decided_by_id,"
        " decided_at, revocation, acceptance) SELECT a.id, e.id, 60000000, 0, %s, now(), '', ''"
        " FROM applications_application a, awards_envelope e WHERE a.title = 'P4' RETURNING id"
    )
    part = (
        f"WITH made AS ({award}) INSERT INTO awards_instalment"
        " (award_id, sequence, percent, amount, status)"
        " SELECT id, 1, 100, 60000000, 'planned' FROM made"
    )
    assert "awarded, the ledger says 0" in refused(part, people.approver.pk)
    by = people.approver.pk
    assert "its instalments total" in refused(award, by, at_once="award_adds_up")


def test_an_objection_keeps_what_was_filed(people, noticed):
    from tests.awards.test_notices import objected

    objected(noticed)
    for sql, why in (
        ("UPDATE awards_objection SET text = 'other'", "what was recorded stays"),
        ("UPDATE awards_objection SET objector_name = 'other'", "what was recorded stays"),
        ("UPDATE awards_objection SET status = 'upheld'", "does not follow"),
        ("UPDATE awards_objection SET status = 'accepted'", "handled_who_and_when"),
        ("DELETE FROM awards_objection", "rows are kept"),
    ):
        assert why in refused(sql), sql


def test_a_deviation_is_asked_for_and_settled_only_on_a_draft(people, approved):
    sql = (
        "INSERT INTO awards_deviation (funding_list_id, application_id, kind, reason,"
        " proposed_by_id, proposed_at) SELECT funding_list_id, application_id, 'lift', 'because',"
        " %s, now() FROM awards_fundingitem LIMIT 1"
    )
    assert "while the list is a draft" in refused(sql, people.officer.pk)


def test_what_is_allowed_still_passes(people, agreed):
    """The guards stop nothing that the services do: the next instalment goes all the way."""
    stages.paid(people, stages.part(agreed, 1))
    stages.paid(people, stages.part(agreed, 2))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
