"""The score sheet in a real browser: what the script does, and what works without it."""

import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from playwright.sync_api import expect

from reviews.models import Mark
from tests.reviews import table

pytestmark = pytest.mark.django_db(transaction=True)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": RULES, "resultTypes": ["violations"]}
WIDTHS = (1440, 1280, 1024, 768, 390, 320)


@pytest.fixture(scope="session")
def css(tmp_path_factory) -> Path:
    """A directory with the project's stylesheet, freshly built."""
    place = tmp_path_factory.mktemp("static")
    source = Path(project.BASE_DIR) / "static/css/input.css"
    command = [Path(sys.executable).parent / "tailwindcss", "-i", source]
    made = place / "css/steelyard.css"
    subprocess.run([*command, "-o", made], check=True, capture_output=True)
    return place


@pytest.fixture
def rows(officer, firm, expert):
    """Three dossiers, declared on; the first is finished."""
    found = table.declared(table.seat(table.panel(officer, firm), expert))
    table.finished(found[0], tier=1)
    return found


def barriers(page) -> dict[str, str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return {v["id"]: v["nodes"][0]["html"] for v in found}


def tier(page, leaf: str, place: int):
    return page.locator(f"input[name={leaf}-tier][value='{place}']")


@pytest.mark.exhaustive
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_open_to_all_at_every_width(
    css, settings, context_of, rows, expert, language
):
    settings.STATICFILES_DIRS = [css, *settings.STATICFILES_DIRS]
    page = context_of(expert, language=language).new_page()
    seat = rows[0].seat_id
    found = {}
    for address in (
        "/my-reviews/",
        f"/my-reviews/{rows[1].pk}/",
        f"/my-reviews/{rows[1].pk}/recusal/",
        f"/my-reviews/seats/{seat}/marks/",
        f"/my-reviews/seats/{seat}/decline/",
    ):
        page.goto(address)
        found[address, "axe"] = barriers(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate("document.documentElement.scrollWidth") - width
            found[address, width] = max(over, 0)
        found[address, "axe, narrow"] = barriers(page)
        page.set_viewport_size({"width": 1440, "height": 900})
    assert {k: v for k, v in found.items() if v} == {}


def test_the_sheet_helps_while_one_marks(context_of, rows, expert):
    page = context_of(expert, language="en").new_page()
    page.goto(f"/my-reviews/{rows[1].pk}/")
    tier(page, "Q3-1", 1).check()
    score, said = page.locator("#id_Q3-1-score"), page.locator("#say-Q3-1")
    expect(score).to_have_value("5.00")
    expect(page.locator("#given")).to_have_text("5.00")
    expect(page.locator("#state-Q3-1")).to_have_text("scored")  # saved by itself
    score.fill("5.60")
    expect(said).to_contain_text("20 more to go")  # at once
    expect(page.locator("#given")).to_have_text("5.60")
    expect(page.locator("#state-Q3-1")).to_contain_text("grounds missing")
    page.locator("#id_Q3-1-comment").fill("字" * 20)
    expect(said).to_be_empty()
    expect(page.locator("#state-Q3-1")).to_have_text("scored")
    tier(page, "Q3-1", 0).check()  # the score lies below this tier
    expect(score).to_have_value("7.00")
    expect(page.locator("#base-Q3-1")).to_contain_text("7.00")  # the server's answer
    score.fill("9")
    expect(said).to_contain_text("Enter a score from 0 to 7.00")
    extreme = page.locator("#say-Q1-2")
    tier(page, "Q1-2", 0).check()
    expect(extreme).to_have_text("All the points, or none: please give your grounds.")
    expect(page.locator("#state-Q1-2")).to_have_text("scored")  # asked for, not required
    page.locator("#id_Q1-2-comment").fill("缺环")
    expect(extreme).to_be_empty()
    mark = Mark.objects.get(assignment=rows[1], leaf="Q3.1")
    assert (mark.tier, str(mark.score), mark.comment) == (0, "7.00", "字" * 20)


def test_below_the_split_dossier_and_sheet_are_tabs_that_keep_what_is_typed(
    context_of, rows, expert
):
    page = context_of(expert, language="en", viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"/my-reviews/{rows[1].pk}/")
    dossier, sheet = page.locator("#reading"), page.locator("#marking")
    tabs = page.get_by_role("navigation", name="Dossier and score sheet")
    page.locator("#id_Q3-1-comment").fill("读了一半")
    for name, seen, unseen in (("The dossier", dossier, sheet), ("Score sheet", sheet, dossier)):
        tabs.get_by_role("link", name=name).click()
        expect(seen).to_be_visible()
        expect(unseen).to_be_hidden()
        expect(tabs.locator("[aria-current]")).to_have_text(name)
    expect(page.locator("#id_Q3-1-comment")).to_have_value("读了一半")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(tabs).to_be_hidden()
    expect(dossier).to_be_visible()
    expect(sheet).to_be_visible()


def test_nothing_typed_is_lost_when_the_connection_goes(context_of, rows, expert):
    context = context_of(expert, language="en")
    page = context.new_page()
    page.goto(f"/my-reviews/{rows[1].pk}/")
    context.set_offline(True)
    tier(page, "Q1-2", 0).check()
    expect(page.locator("#autosave-line")).to_contain_text("No connection")
    assert Mark.objects.filter(assignment=rows[1]).count() == 0
    context.set_offline(False)
    expect(page.locator("#autosave-line")).to_contain_text("Saved")
    assert str(Mark.objects.get(assignment=rows[1]).score) == "6.00"


def test_keys_lead_from_dossier_to_dossier(context_of, rows, expert):
    page = context_of(expert).new_page()
    page.goto(f"/my-reviews/{rows[1].pk}/")
    tier(page, "Q1-2", 1).check()
    page.keyboard.press("Alt+n")
    page.wait_for_url(f"**/my-reviews/{rows[2].pk}/")
    assert str(Mark.objects.get(assignment=rows[1]).score) == "4.00"
    page.keyboard.press("Alt+p")
    page.wait_for_url(f"**/my-reviews/{rows[1].pk}/")


def test_a_whole_review_without_any_script(context_of, rows, expert):
    page = context_of(expert, language="en", java_script_enabled=False).new_page()
    page.goto("/my-reviews/")
    page.get_by_role("link", name="Go on scoring").click()
    for left in (1, 0):
        for leaf in ("Q1-2", "Q3-1", "Q4-1", "Q5-2", "J4-2"):
            tier(page, leaf, 0).check()
        page.get_by_role("button", name="Finish this dossier").click(force=True)
        expect(page.locator("main")).to_contain_text(" scored")
        assert rows[0].panel.assignments.filter(state="open").count() == left
    page.get_by_role("link", name="Sign and lock").click()
    page.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My signed sheet")
    assert rows[0].expert.sheets.count() == 1
