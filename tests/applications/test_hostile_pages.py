"""What nobody types by mistake: halves of characters, NULs, acts on what is frozen or not one's."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from applications.models import Call
from applications.sheet import default_sheet
from applications.workflow import Status
from tests.applications import filling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("mark", ["\x00", "\ud83d"])
def test_a_sheet_with_what_no_text_can_hold_is_not_readable(draft_call, officer, client_of, mark):
    sheet = default_sheet()
    sheet[0]["name_zh"] += mark
    upload = ContentFile(json.dumps(sheet).encode(), name="sheet.json")
    address = reverse("applications:call_edit", args=[draft_call.pk, "sheet"])
    answer = client_of(officer).post(address, {"upload": upload})
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["upload"])
    assert Call.objects.get(pk=draft_call.pk).sheet == default_sheet()


def test_a_frozen_call_offers_no_form_and_keeps_its_sheet(call, officer, client_of):
    client, kept = client_of(officer), call.sheet
    for part in ("basics", "guide", "rules", "documents", "screening", "sheet"):
        address = reverse("applications:call_edit", args=[call.pk, part])
        assert client.get(address).url == reverse("applications:call", args=[call.pk])
    assert client.post(address, {"default": "yes"}).status_code == 302
    assert Call.objects.get(pk=call.pk).sheet == kept


def test_only_an_owner_is_offered_to_take_a_dossier_back(submitted, editor, viewer, client_of):
    address = reverse("applications:withdraw", args=[submitted.pk])
    for person in (editor, viewer):
        client = client_of(person)
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "不再申报"}).status_code == 403
    submitted.refresh_from_db()
    assert submitted.status == Status.SUBMITTED


def test_codes_are_kept_in_narrow_digits(draft, applicant, client_of):
    filling.save(draft, "project", applicant)
    row = draft.sections.get(code="project")
    typed = {**row.data, "project_code": "２４０１-220303-04-01-123456", "version": row.version}
    address = reverse("applications:section", args=[draft.pk, "project"])
    assert client_of(applicant).post(address, {**typed, "then": "later"}).status_code == 302
    row.refresh_from_db()
    assert row.data["project_code"] == "2401-220303-04-01-123456"


def test_a_part_that_contradicts_itself_is_saved_and_shown_again(draft, applicant, client_of):
    filling.save(draft, "employment", applicant)
    row = draft.sections.get(code="employment")
    typed = {**row.data, "insured": "500", "version": row.version, "then": "complete"}
    typed |= {"average_wage_yuan": "6.7", "local_wage_yuan": "6.2"}
    address = reverse("applications:section", args=[draft.pk, "employment"])
    assert client_of(applicant).post(address, typed).url == address
    row.refresh_from_db()
    assert row.data["insured"] == "500.0"
