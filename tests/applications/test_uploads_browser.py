"""Files of a dossier in a real browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from rehearsal.papers import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attachments(context_of, draft, applicant):
    page = context_of(applicant).new_page()
    page.goto(reverse("applications:section", args=[draft.pk, "attachments"]))
    return page


def given(page, tmp_path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    form = page.locator("form[data-upload]").first
    form.locator("input[type=file]").set_input_files(file)
    form.locator("button").click()


def test_a_refused_file_is_said_in_place_and_the_next_try_is_kept(attachments, draft, tmp_path):
    """The address of the upload knows no GET: nobody may be led there."""
    here = attachments.url
    given(attachments, tmp_path, "假.pdf", b"hello")
    expect(attachments.locator("main .is-error, main [role=alert]").first).to_be_visible()
    assert attachments.url == here
    given(attachments, tmp_path, "证.pdf", pdf("营业执照", "1").read())
    expect(attachments.get_by_text("证.pdf")).to_be_visible()
    expect(attachments.get_by_text("文件已保存。")).to_be_visible()
    assert re.sub("#.*", "", attachments.url) == here
    assert draft.attachments.count() == 1
