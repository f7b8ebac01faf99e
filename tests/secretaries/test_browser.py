"""The lead's tables in a real browser: none runs out of its panel, which would cut it off."""

import pytest

from tests.secretaries.test_pages import url
from tests.secretaries.test_requests import Served

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CUT = """() => [...document.querySelectorAll('.panel table')].filter(table =>
    table.getBoundingClientRect().right > table.closest('.panel').getBoundingClientRect().right + 1
).map(table => table.caption.innerText)"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_table_is_cut_off_by_its_panel(context_of, language):
    cast = Served()
    cast.ask()
    page = context_of(cast.lead, language=language).new_page()
    for path in (url("board"), url("rates"), url("handover", cast.it.pk)):
        for width in (390, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.goto(path).status == 200
            for fold in page.locator("details").all():
                fold.evaluate("fold => { fold.open = true }")
            assert page.evaluate(CUT) == [], (path, width)
