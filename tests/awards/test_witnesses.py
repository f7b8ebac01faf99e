"""A row about money altered, added or removed behind the application's back is named."""

import pytest
from django.db import connection

from applications.models import Application
from audit.witnesses import registered
from awards.services import deviations
from tests.awards import stages
from tests.awards.test_notices import objected


def lines() -> list[str]:
    return [
        line
        for name, check in registered().items()
        if name.startswith("awards.")
        for line in check()
    ]


def sql(statement: str) -> None:
    """As a database superuser would, past every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture
def world(kept, people, ranked, monkeypatch):
    """With a deviation on its list, an objection, a first instalment paid, a second claimed."""
    publish = stages.notices.publish_notice
    draw = stages.drawn

    def with_deviation(people, call):
        listed = draw(people, call)
        asked = deviations.propose_deviation(
            funding_list=listed, application=Application.objects.get(title="P3"),
            kind="hold_back", reason="现场核查发现用地预审尚未批复。", by=people.officer,
        )  # fmt: skip
        deviations.refuse_deviation(deviation=asked, by=people.officer2)
        return listed

    def with_objection(**values):
        notice = publish(**values)
        from awards.services import objections

        filed = objected(notice)
        objections.refuse_objection(
            objection=filed, finding="所述为学术观点分歧，不予受理。", by=people.officer
        )
        return notice

    monkeypatch.setattr(stages, "drawn", with_deviation)
    monkeypatch.setattr(stages.notices, "publish_notice", with_objection)

    def pay():
        agreement = stages.agreed(people, ranked)
        stages.paid(people, stages.part(agreement, 1))
        stages.verified(people, stages.part(agreement, 2))
        return agreement

    return kept.build("witnessed", pay, on=("ranked",))


def test_what_the_services_wrote_agrees(world):
    assert lines() == []


@pytest.mark.parametrize(
    ("statement", "part"),
    [
        ("UPDATE awards_envelope SET ceiling = ceiling + 1, available = available + 1", "ceiling"),
        ("UPDATE awards_envelope SET committed = committed - 1, paid = paid + 1", "committed"),
        ("UPDATE awards_envelope SET available = available - 1, reserved = 1", "reserved"),
        ("UPDATE awards_ledgerentry SET amount = amount + 1 WHERE number = 1", "2026"),
        ("UPDATE awards_ledgerentry SET amount = amount + 1 WHERE kind = 'paid'", "ZF2026"),
        ("DELETE FROM awards_ledgerentry WHERE kind = 'reserved'", "2026"),
        (
            (
                "UPDATE awards_ledgerentry SET kind = 'released', debit = 'available',"
                " payment_id = NULL WHERE kind = 'paid'"
            ),
            "2026-",
        ),
        ("UPDATE awards_fundingitem SET amount = 1 WHERE position = 1", "items"),
        ("UPDATE awards_minutes SET number = '9'", "minutes_no"),
        ("UPDATE awards_minutes SET decisions = 'other'", "decisions"),
        ("UPDATE awards_deviation SET reason = 'other'", "reason"),
        ("DELETE FROM awards_deviation", "awards.deviation"),
        ("UPDATE awards_publicnotice SET ends_on = ends_on - 1", "to"),
        ("UPDATE awards_publicnotice SET content = '{\"items\": []}'", "N1"),
        ("UPDATE awards_noticeitem SET amount = amount + 1", "N1"),
        ("UPDATE awards_objection SET status = 'accepted'", "status"),
        ("UPDATE awards_objection SET text = 'other'", "text"),
        ("UPDATE awards_award SET amount = amount + 1", "amount"),
        ("UPDATE awards_award SET allocation_id = NULL", "allocation"),
        ("UPDATE awards_award SET paid = paid + 1", "2026-"),
        ("UPDATE awards_allocationnotice SET number = 'other'", "number"),
        ("UPDATE awards_agreement SET content = '{}'", "-A"),
        ("UPDATE awards_agreement SET firm_signed_by_id = office_signed_by_id", "firm_signed_by"),
        ("UPDATE awards_claim SET invested = 1", "invested"),
        ("UPDATE awards_claimfile SET digest = 'other'", "files"),
        ("UPDATE awards_payment SET voucher_no = 'other'", "voucher_no"),
        (
            "UPDATE awards_payment SET checked_by_id = (SELECT min(id) FROM accounts_user)",
            "checked_by",
        ),
        ("DELETE FROM awards_payment", "awards.payment"),
    ],
)
def test_what_was_changed_is_named(world, statement, part):
    sql(statement)
    found = lines()
    assert found
    assert part in " ".join(found)
    # The database's own checks would refuse to end the test with sums that do not add up.
    connection.set_rollback(True)
