"""The rows of a site check behind the services: what is altered is named, or refused."""

import pytest
from django.db import DatabaseError, connection, transaction

from reviews import site_witnessing
from reviews.models import (
    SiteChecker,
    SiteEvidence,
    SiteFigure,
    SiteView,
)
from tests.reviews import sitework
from tests.reviews.sitework import LESS, behind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reviews_sitefigure SET found = '250.0' WHERE field = 'promised_headcount'",
        "UPDATE reviews_sitefigure SET found = submitted",
        "UPDATE reviews_sitefinding SET text = '一切属实，没有差异。'",
        "UPDATE reviews_sitefinding SET veto = 'zone', veto_reason = '改动'",
        "DELETE FROM reviews_sitefigure WHERE field = 'land_mu'",
        "UPDATE reviews_siteview SET text = '企业不同意这一结果。'",
        "DELETE FROM reviews_siteview",
        "UPDATE reviews_sitecheck SET state = 'ordered'",
        "UPDATE reviews_siteevidence SET digest = repeat('0', 64)",
        "DELETE FROM reviews_sitechecker WHERE id = (SELECT min(id) FROM reviews_sitechecker)",
    ],
)
def test_what_is_altered_behind_is_named(check, officer2, finance, applicant, statement):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    assert list(site_witnessing.site_checks()) == []
    behind(statement)
    assert list(site_witnessing.site_checks()) != []


@pytest.mark.parametrize("model", [SiteChecker, SiteEvidence, SiteFigure, SiteView])
def test_rows_are_added_only(check, officer2, finance, applicant, model):
    sitework.confirmed(check, officer2, finance, applicant, **LESS)
    row = model.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(
    "statement",
    [
        (
            "UPDATE reviews_sitefinding SET state = 'confirmed', checker_id = maker_id,"
            " decided_at = now()"
        ),
        (
            "UPDATE reviews_sitefinding SET state = 'confirmed', decided_at = now(), checker_id ="
            " (SELECT id FROM accounts_user WHERE username = 'finance')"
        ),  # the firm was not heard
        (
            "UPDATE reviews_sitefinding SET state = 'returned', returned_why = 'x',"
            " decided_at = now(), checker_id ="
            " (SELECT id FROM accounts_user WHERE username = 'officer')"
        ),  # does not go
        "UPDATE reviews_sitefinding SET text = 'x'",
        "UPDATE reviews_sitefinding SET view_by = now()",
        "UPDATE reviews_sitecheck SET state = 'confirmed'",
        "UPDATE reviews_sitecheck SET state = 'called_off'",
        "DELETE FROM reviews_sitecheck",
    ],
)
def test_the_database_refuses(finding, statement):
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement)
