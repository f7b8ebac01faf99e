"""Every component with plain, missing and hostile values, in both languages, as served."""

import re
from html.parser import HTMLParser

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.look import samples
from tests.look.gallery import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery")]
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Tree(HTMLParser):
    """Checks that elements nest, ids are unique, and what refers to an id finds it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: set[str] = set()
        self.headings: list[str] = []
        self.faults: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.refers |= set((given.get(name) or "").split())
        if given.get("href", "").startswith("#") and len(given["href"]) > 1:
            self.refers.add(given["href"][1:])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self.scripts += tag == "script" and "src" not in given
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at line {self.getpos()[0]}")


def read(html: str) -> Tree:
    tree = Tree()
    tree.feed(html)
    return tree


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages(name, language):
    client = Client()
    client.cookies["django_language"] = language
    response = client.get(f"/look/{name}/")
    assert response.status_code == 200
    html = response.content.decode()
    tree = read(html)
    assert tree.faults == []
    assert tree.open == []
    assert tree.scripts == 0, "what people typed became a script"
    assert sorted(set(tree.ids)) == sorted(tree.ids)
    assert tree.refers - set(tree.ids) == set()
    assert tree.headings.count("h1") == 1
    assert f'<html lang="{"zh-Hans-CN" if language == "zh-hans" else "en"}">' in html
    for below, above in zip(tree.headings[1:], tree.headings, strict=False):
        assert int(below[1]) <= int(above[1]) + 1, "a level of heading is left out"


def test_english_pages_say_nothing_in_chinese_of_their_own():
    """Only what the gallery itself brings is Chinese."""
    client = Client()
    client.cookies["django_language"] = "en"
    html = client.get("/look/confirm/").content.decode()
    words = re.sub(r"<title>.*?</title>|<h1>.*?</h1>|<main.*?</main>", "", html, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", words) == ["中文"] * 3


def test_chinese_pages_say_nothing_in_english():
    client = Client()
    html = client.get("/look/confirm/").content.decode()
    body = re.sub(r"<head>.*?</head>", "", html, flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", body)
    assert re.findall(r"[A-Za-z]{2,}", words) == ["English"] * 3


def test_messages_are_announced():
    client = Client()
    html = client.get("/look/components/?said=1").content.decode()
    assert '<div class="notice is-ok" role="status">' in html
    assert '<div class="notice is-act" role="alert">' in html


def rendered(source: str, **values) -> str:
    with translation.override("zh-hans"):
        return engines["django"].from_string(source).render(values)


def test_a_field_names_all_that_describes_it():
    form = samples.Investment({"people": "168.5"})
    html = rendered("{% field form.people hint='以社保为准' %}", form=form)
    assert 'aria-describedby="id_people-hint id_people-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'inputmode="numeric"' in html
    assert '<span class="unit">人</span>' in html
    assert "请填整数，如 168。" in html


def test_a_warning_gives_way_to_an_error():
    fresh = rendered("{% field form.total %}", form=samples.Investment())
    assert 'class="field is-warn"' in fresh
    assert 'aria-describedby="id_total-hint id_total-warning"' in fresh
    wrong = rendered("{% field form.total %}", form=samples.Investment({"total": "x"}))
    assert 'class="field is-error"' in wrong
    assert "id_total-warning" not in wrong


def test_optional_is_said_unless_told_otherwise():
    form = samples.Investment()
    assert "（选填）" in rendered("{% field form.about %}", form=form)
    assert "（选填）" not in rendered("{% field form.about optional=False %}", form=form)
    assert "（选填）" not in rendered("{% field form.total %}", form=form)


def test_choices_are_a_named_group():
    html = rendered("{% field form.other rows=True %}", form=samples.Investment({}))
    assert html.startswith('<fieldset class="field is-error" aria-describedby="id_other-error">')
    assert '<div class="choices is-rows">' in html
    assert html.count('type="radio"') == 2


def test_what_was_typed_stays():
    html = rendered("{% field form.total %}", form=samples.Investment({"total": samples.NASTY}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in html


def test_the_summary_leads_to_each_field():
    html = rendered("{% error_summary form %}", form=samples.Investment({"people": "168.5"}))
    assert '<a href="#id_people">净新增参保人数：请填整数，如 168。</a>' in html
    assert '<a href="#id_other_0">同一建设内容是否已获得或正在申请其他财政资金：' in html
    assert rendered("{% error_summary form %}", form=samples.Investment()).strip() == ""
    assert rendered("{% error_summary form %}", form=None).strip() == ""


def test_a_bare_field_is_named_for_the_ear():
    html = rendered(
        "{% bare_field form.people label='名次' data_row='3' %}", form=samples.Investment()
    )
    assert 'aria-label="名次"' in html
    assert 'data-row="3"' in html


@pytest.mark.parametrize(
    ("state", "words", "expected"),
    [
        ("done", "已完成", '<span class="pill is-done">'),
        ("nobody knows", "不明", '<span class="pill">'),
        (None, "—", '<span class="pill">'),
    ],
)
def test_pill(state, words, expected):
    html = rendered("{% pill state words %}", state=state, words=words)
    assert html.startswith(expected)
    assert html.endswith(f"{words}</span>")


def test_a_block_is_written_once_and_shown_twice(settings):
    html = Client().get("/look/confirm/").content.decode()
    assert "<title>签名并锁定 · 公平秤</title>" in html
    assert "<h1>签名并锁定</h1>" in html


@pytest.mark.parametrize(
    ("number", "of", "expected"),
    [
        (1, 1, []),
        (1, 3, ["1", "2", "3"]),
        (2, 7, ["1", "2", "3", "…", "7"]),
        (4, 7, ["1", "2", "3", "4", "5", "6", "7"]),
        (10, 20, ["1", "…", "9", "10", "11", "…", "20"]),
        (20, 20, ["1", "…", "19", "20"]),
    ],
)
def test_pager(rf, number, of, expected):
    request = rf.get("/x/", {"q": "a&b", "page": "1"})
    page = Paginator(range(of * 50), 50).page(number)
    with translation.override("zh-hans"):
        html = engines["django"].from_string("{% pager page %}").render({"page": page}, request)
    shown = re.findall(r"<li>(?:<[^>]*>)*(?:第 ?</span>)?([\d…]+)", html)
    assert shown == expected
    assert f"第 {number * 50 - 49}–{number * 50:,} 条，共 {of * 50:,} 条" in html
    if expected:
        assert 'href="?q=a%26b&amp;page=1"' in html or number == 1


def test_error_pages_stand_without_context():
    for name in ("400.html", "403.html", "403_csrf.html", "404.html", "500.html", "refused.html"):
        with translation.override("zh-hans"):
            tree = read(render_to_string(name, {"message": samples.NASTY}))
        assert (tree.faults, tree.open, tree.scripts) == ([], [], 0)
        assert tree.headings == ["h1"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_outage_is_told_in_both_languages(language):
    with translation.override(language):
        html = render_to_string("503.html")
    tree = read(html)
    assert (tree.faults, tree.open, tree.scripts) == ([], [], 0)
    assert tree.headings == ["h1", "h2"]
    assert html.index("系统暂时无法使用") < html.index("The system is unavailable for a moment")
    assert "已保存的内容不会丢失" in html
