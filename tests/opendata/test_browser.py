"""The page of open data and that of access tokens in a real browser: open to all, not sideways."""

import pytest
from django.urls import reverse

from accounts.services import tokens
from tests.portal import published
from tests.portal.test_browser import check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_open_to_all(context_of, officer, approver, applicant, language):
    call = published.awarded_call(officer, approver, 4)
    tokens.create_token(name="财务系统", days=90, by=applicant)
    page = context_of(applicant, language=language).new_page()
    for path in (
        reverse("opendata:about"),
        reverse("portal:public_result", args=[call.number]),
        reverse("accounts:tokens"),
        reverse("accounts:profile"),
    ):
        check(page, path)
    page.goto(reverse("accounts:tokens"))
    page.get_by_role("textbox").fill("对账程序")
    page.locator("form .btn-primary").click()
    text = page.locator(".notice code").inner_text()
    assert tokens.person_of(text, call.opens_at.date()) == applicant
