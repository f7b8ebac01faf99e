"""The gallery in a real browser: accessible, nothing sideways, and what the scripts do."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from config import navigation
from tests.look.gallery import PAGES

pytestmark = pytest.mark.django_db(transaction=True)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": RULES, "resultTypes": ["violations"]}


WIDTHS = (1440, 1280, 1024, 768, 600, 390, 320)


def too_wide(page, width: int) -> int:
    """How many pixels the page runs out of the window at this width."""
    page.set_viewport_size({"width": width, "height": 900})
    return max(page.evaluate("document.documentElement.scrollWidth") - width, 0)


def barriers(page) -> dict[str, str]:
    """What axe finds, with the first place of each."""
    found = Axe().run(page, options=AXE).response["violations"]
    # The gallery shows one component several times, so two landmarks may share a name there.
    return {v["id"]: v["nodes"][0]["html"] for v in found if v["id"] != "landmark-unique"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_open_to_all_at_every_width(open_page, name):
    page = open_page(name)
    assert barriers(page) == {}
    assert {w: over for w in WIDTHS if (over := too_wide(page, w))} == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert barriers(page) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", PAGES)
def test_english_words_find_room_too(open_page, name):
    page = open_page(name, language="en")
    assert {w: over for w in WIDTHS if (over := too_wide(page, w))} == {}


@pytest.mark.parametrize("width", [390, 320])
def test_a_short_state_in_a_table_keeps_to_its_line(open_page, width):
    page = open_page("components", width=width)
    pills = page.locator(".tbl .pill")
    lines = [round(pill.bounding_box()["height"] / 20) for pill in pills.all()]
    assert lines == [1, 1, 2]  # a long one breaks after its comma
    assert too_wide(page, width) == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["officer", "applicant"])
def test_the_full_bar_finds_room(
    request, gallery, stylesheet, settings, context_of, monkeypatch, who, language
):
    """All six entries, search, messages, a name: in its line from 768 px, in the menu below."""
    settings.STATICFILES_DIRS = [stylesheet, *settings.STATICFILES_DIRS]
    monkeypatch.setattr(navigation, "address", lambda name: f"/{name.replace(':', '/')}/")
    page = context_of(request.getfixturevalue(who), language=language).new_page()
    for name in ("confirm", "ranking"):
        page.goto(f"/look/{name}/")
        assert {w: over for w in WIDTHS if (over := too_wide(page, w))} == {}
        page.set_viewport_size({"width": 1280, "height": 900})
        bar = page.locator(".topbar > div").bounding_box()
        last = page.locator(".who").bounding_box()
        assert last["x"] + last["width"] <= bar["x"] + bar["width"]


def test_what_a_closed_fold_says_is_printed(open_page):
    page = open_page("scoring")
    fold = page.locator(".split-doc > .fold")
    fold.evaluate("fold => { fold.open = false }")
    page.set_viewport_size({"width": 700, "height": 900})
    inside = fold.locator(":scope > :not(summary)").first
    assert not inside.is_visible()
    page.emulate_media(media="print")
    assert inside.evaluate("one => one.checkVisibility()")
    assert inside.bounding_box()["height"] > 0


def test_confirm_opens_in_place_with_the_safe_choice_first(open_page):
    page = open_page("components")
    page.get_by_role("link", name="锁定").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("link", name="再看看")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="锁定").click()
    page.get_by_role("button", name="签名并锁定").click()
    expect(page).to_have_url(re.compile(r"/look/components/\?said=1$"))
    expect(page.get_by_role("status").filter(has_text="回执号").first).to_be_visible()


def test_confirm_is_a_page_without_script(open_page):
    page = open_page("components", java_script_enabled=False)
    page.get_by_role("link", name="锁定").click()
    expect(page).to_have_url(re.compile(r"/look/confirm/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("签名并锁定")


def typed(page, text):
    page.get_by_label("说明").fill(text)


def test_autosave_says_when(open_page):
    page = open_page("dossier")
    expect(page.locator("#autosave-line")).to_have_text("09:28 已自动保存")
    typed(page, "新的说明")
    expect(page.locator("#autosave-version")).to_have_value("8")
    expect(page.locator("#autosave-line")).to_have_text("09:30 已自动保存")
    expect(page.locator("#autosave-said")).to_have_text("09:30 已自动保存")
    typed(page, "再改一次")
    expect(page.locator("#autosave-version")).to_have_value("9")


def test_autosave_leads_to_the_conflict(open_page):
    page = open_page("dossier")
    typed(page, "conflict")
    line = page.locator("#autosave-line")
    expect(line).to_contain_text("王楠刚刚保存过本部分。")
    expect(line.get_by_role("link")).to_have_attribute("href", "/look/confirm/")
    expect(page.locator("#autosave-version")).to_have_value("7")
    expect(page.get_by_label("说明")).to_have_value("conflict")


def test_autosave_keeps_what_was_typed_without_a_connection(open_page):
    page = open_page("dossier")
    page.context.set_offline(True)
    typed(page, "断网时写的")
    expect(page.locator("#autosave-line")).to_contain_text("网络已断开")
    expect(page.locator("#autosave-said")).to_contain_text("网络已断开")
    page.context.set_offline(False)
    expect(page.locator("#autosave-line")).to_have_text("09:30 已自动保存", timeout=8000)
    expect(page.get_by_label("说明")).to_have_value("断网时写的")


def test_trouble_is_told_in_full_where_the_line_is_in_the_bar(open_page):
    page = open_page("scoring", width=390)
    page.get_by_label("评审意见").fill("broken")
    line = page.locator("#autosave-line")
    expect(line).to_contain_text("尚未保存")
    box = line.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert too_wide(page, 390) == 0
    assert barriers(page) == {}


def test_autosave_tries_again_after_a_failure(open_page):
    page = open_page("dossier")
    typed(page, "broken")
    expect(page.locator("#autosave-line")).to_contain_text("尚未保存")
    expect(page.get_by_label("说明")).to_have_value("broken")


def test_autosave_tells_when_the_sign_in_has_ended(open_page):
    page = open_page("dossier")
    typed(page, "expired")
    expect(page.locator("#autosave-line")).to_contain_text("登录已失效")
    expect(page.get_by_label("说明")).to_have_value("expired")


def leaving(page) -> list[str]:
    """What the browser asks when one goes elsewhere."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="公平秤").click()
    page.wait_for_url(re.compile(r"(?<!dossier/)$"))
    return asked


def test_leaving_with_something_unsaved_asks_first(open_page):
    page = open_page("dossier")
    typed(page, "broken")
    expect(page.locator("#autosave-line")).to_contain_text("尚未保存")
    assert leaving(page) == ["beforeunload"]


def test_leaving_after_it_is_saved_does_not_ask(open_page):
    page = open_page("dossier")
    typed(page, "已保存的")
    expect(page.locator("#autosave-line")).to_have_text("09:30 已自动保存")
    assert leaving(page) == []


def test_upload_goes_on_after_the_file(open_page, tmp_path):
    given = tmp_path / "批复.pdf"
    given.write_bytes(b"%PDF-1.7\n" + bytes(200_000))
    page = open_page("upload")
    page.get_by_label("环评批复").set_input_files(given)
    page.get_by_role("button", name="上传").click()
    expect(page).to_have_url(re.compile(r"said=1$"))


def test_upload_shows_what_is_wrong_in_place(open_page):
    page = open_page("upload")
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("button", name="上传")).to_be_enabled()


def test_the_menu_of_a_phone(open_page):
    page = open_page("confirm", width=390)
    menu = page.locator("details.menu:not(.is-more)")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="English")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="English")).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile(r"/look/confirm/$"))


def test_the_language_switch_without_script(open_page):
    page = open_page("confirm", java_script_enabled=False)
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_skip_link_is_the_first_stop(open_page):
    page = open_page("ranking")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_shortcut_needs_a_modifier(open_page):
    page = open_page("components")
    page.evaluate(
        "void (document.querySelector('[data-key]').onclick = () => document.title = 'hit')"
    )
    page.keyboard.press("s")
    assert page.title() != "hit"
    page.keyboard.press("Alt+s")
    assert page.title() == "hit"


def test_paper_has_no_bars(open_page):
    page = open_page("ranking")
    page.emulate_media(media="print")
    for part in (".topbar", ".rail", ".page-head .acts", ".filters", ".foot", ".btn"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_states_of_a_printed_list_stand_on_a_line_of_their_own(open_page):
    page = open_page("ranking", width=680)
    page.emulate_media(media="print")
    states = page.locator(".tbl tbody th > .flex:has(.pill)")
    assert states.count() > 0
    laid = states.evaluate_all("all => all.map(one => getComputedStyle(one).display)")
    assert set(laid) == {"flex"}


def test_state_survives_forced_colours(open_page):
    page = open_page("components", forced_colors="active")
    border = "el => getComputedStyle(el).borderTopWidth"
    assert page.locator(".pill").first.evaluate(border) == "1px"


def test_a_sign_in_about_to_end_can_be_prolonged(
    officer, gallery, stylesheet, settings, context_of
):
    settings.STATICFILES_DIRS = [stylesheet, *settings.STATICFILES_DIRS]
    settings.SESSION_COOKIE_AGE = 4
    page = context_of(officer, language="zh-hans").new_page()
    page.goto("/look/dossier/")
    settings.SESSION_COOKIE_AGE = 3600
    stay = page.get_by_role("button", name="继续使用")
    expect(stay).to_be_visible(timeout=8000)
    stay.click()
    expect(stay).to_be_hidden()
    expect(page).to_have_url(re.compile("/look/dossier/$"))


def test_a_sign_in_that_has_ended_is_told_and_the_page_stays(
    officer, gallery, stylesheet, settings, context_of
):
    settings.STATICFILES_DIRS = [stylesheet, *settings.STATICFILES_DIRS]
    settings.SESSION_COOKIE_AGE = 2
    page = context_of(officer, language="zh-hans").new_page()
    page.goto("/look/dossier/")
    expect(page.get_by_role("alert")).to_contain_text("登录已失效", timeout=8000)
