"""Pages of the money in a real browser: nothing is cut off at a panel's edge, nor the step that
the rail stands at.
"""

from datetime import date

import pytest
from django.urls import reverse

from applications.services.competition import record_competition_review
from tests.awards import stages
from tests.look.test_browser import too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CUT_OFF = """() => [...document.querySelectorAll("table.tbl, .rail [aria-current]")].filter((it) =>
    it.getBoundingClientRect().right > it.parentElement.getBoundingClientRect().right + 1
).map((it) => it.innerText)"""


@pytest.fixture
def reviewed(ranked, officer):
    return record_competition_review(
        scheme=ranked.scheme,
        reviewed_on=date(2026, 3, 2),
        document_no="公竞审〔2026〕3号",
        conclusion="符合例外规定，准予实施",
        exception_relied_on="公平竞争审查条例第十二条",
        expires_on=date(2029, 3, 1),
        by=officer,
    )


TITLES = """() => [...document.querySelectorAll("table.tbl tbody th[scope=row]")].map(
    (it) => it.getBoundingClientRect().width)"""


def test_titles_have_room_beside_a_form(context_of, ranked, people, officer):
    """A draft whose officer may ask for a deviation: the list is narrower by that form."""
    stages.drawn(people, ranked)
    page = context_of(officer, language="en").new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(reverse("awards:funding", args=[ranked.number]))
    assert page.locator("aside form").count()
    assert min(page.evaluate(TITLES)) >= 160


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_column_is_cut_off(context_of, ranked, awarded, reviewed, officer, language):
    addresses = (
        reverse("awards:funding", args=[ranked.number]),
        reverse("awards:payments"),
        reverse("applications:competition_reviews", args=[ranked.scheme.code]),
    )
    page = context_of(officer, language=language).new_page()
    for address in addresses:
        page.goto(address)
        assert page.locator("table.tbl").count()
        for width in (1440, 1280, 1024, 768, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(CUT_OFF) == [], (address, width)
            assert too_wide(page, width) == 0
