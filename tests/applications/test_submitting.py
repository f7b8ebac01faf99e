"""Submitting: who, when, what stops it, and the receipt."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from applications.figures import Figures
from applications.models import (
    Submission,
)
from applications.services import dossiers
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate
from notifications.models import Message
from tests.applications import filling

pytestmark = pytest.mark.django_db


def close(call) -> None:
    """Let the closing instant pass, as the clock would: only the trigger's owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE applications_call SET closes_at = steelyard_now() - interval '1 second'"
            " WHERE id = %s",
            [call.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    call.refresh_from_db()


def test_a_complete_dossier_gets_a_numbered_receipt(complete, applicant, region):
    receipt = dossiers.submit(application=complete, commitment=True, by=applicant)
    complete.refresh_from_db()
    assert complete.status == Status.SUBMITTED
    assert receipt.receipt == complete.number == f"{complete.call.number}-0001"
    assert receipt.digest == sm3(canonical(receipt.content))
    assert complete.requested == 24000000
    assert set(receipt.content) == {
        "call", "number", "version", "title", "firm", "region", "industry",
        "sections", "figures", "attachments", "commitment",
    }  # fmt: skip
    figures = Figures.from_content(receipt.content["figures"])
    assert (figures.net_new_jobs, figures.permits_held) == (168, 5)
    assert figures.catalogue_match == "cluster"
    told = Message.objects.filter(about_application(complete))
    assert sorted(told.values_list("kind", "recipient__username")) == [
        ("application.arrived", "region"),
        ("application.submit", "applicant"),
    ]


def about_application(application):
    from django.db.models import Q

    return Q(object_type="applications.application", object_id=str(application.pk))


def test_submitting_again_gives_the_same_receipt(submitted, applicant):
    again = dossiers.submit(application=submitted, commitment=True, by=applicant)
    assert again.receipt == submitted.number
    assert Submission.objects.count() == 1
    assert Message.objects.filter(kind="application.submit").count() == 1


def test_what_was_submitted_cannot_be_altered_by_any_path(submitted):
    for sql in (
        "UPDATE applications_submission SET digest = repeat('0', 64)",
        "DELETE FROM applications_submission",
        "UPDATE applications_application SET number = '2026-1-0099'",
        "UPDATE applications_application SET requested = requested + 1",
        "DELETE FROM applications_application",
        "UPDATE applications_attachment SET digest = repeat('0', 64)",
        "UPDATE applications_attachment SET name = 'x.pdf'",
        "DELETE FROM applications_attachment",
        "UPDATE applications_calledition SET digest = repeat('0', 64)",
        "DELETE FROM applications_calledition",
        "UPDATE applications_call SET rules = '{}'",
        "UPDATE applications_call SET closes_at = closes_at + interval '1 day'",
        "UPDATE applications_call SET status = 'draft'",
        "DELETE FROM applications_call",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_only_an_owner_submits(complete, editor, viewer, applicant2, officer, region):
    for person, refusal in (
        (editor, NotPermitted),
        (viewer, NotPermitted),
        (applicant2, NotVisible),
        (officer, NotVisible),
        (region, NotVisible),
    ):
        with pytest.raises(refusal):
            dossiers.submit(application=complete, commitment=True, by=person)
    complete.refresh_from_db()
    assert complete.status == Status.DRAFT


def test_after_the_closing_instant_nothing_is_accepted(complete, applicant):
    close(complete.call)
    with pytest.raises(TooLate):
        dossiers.submit(application=complete, commitment=True, by=applicant)
    with pytest.raises(TooLate):
        filling.save(complete, "market", applicant, tax_yuan="9000000")
    assert Submission.objects.count() == 0
    complete.call.refresh_from_db()
    assert complete.call.last_application_no == 0


def test_the_database_itself_refuses_a_late_first_submission(complete, applicant):
    close(complete.call)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(
            application=complete, version=1, receipt="x", content={}, digest="",
            submitted_by=applicant, submitted_at=clock.now(),
        )  # fmt: skip


def test_a_gap_or_a_contradiction_stops_the_submission(complete, applicant):
    with pytest.raises(Invalid) as refused:
        dossiers.submit(application=complete, commitment=False, by=applicant)
    assert refused.value.field == "commitment"
    filling.save(complete, "market", applicant, market="")
    with pytest.raises(Invalid):
        dossiers.submit(application=complete, commitment=True, by=applicant)
    filling.save(complete, "market", applicant)
    filling.save(complete, "employment", applicant, insured="121")
    with pytest.raises(Invalid, match="121"):
        dossiers.submit(application=complete, commitment=True, by=applicant)
    filling.save(complete, "employment", applicant)
    filling.save(complete, "investment", applicant, requested_yuan="30000001")
    with pytest.raises(Invalid):
        dossiers.submit(application=complete, commitment=True, by=applicant)


def test_a_warning_does_not_stop_the_submission(complete, applicant):
    filling.save(complete, "land_permits", applicant, filing_investment_yuan="310000000")
    assert dossiers.submit(application=complete, commitment=True, by=applicant).version == 1
