"""What every template of the project keeps to, read from its source."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = settings.BASE_DIR / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
TAG = re.compile(r"<[a-zA-Z][^<>]*>")
SHOWN_ONLY = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "an evaluated attribute": re.compile(r"\shx-(on|vars)\b|\shx-vals\s*=\s*[\"']js:"),
}
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)
PALETTE = re.compile(
    r"\b(?:bg|text|border|fill|stroke|ring)-(?:red|orange|amber|yellow|lime|green|emerald|teal|cyan|"
    r"sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|neutral|stone|black|white)\b"
)
HEX = re.compile(r"(?:class|fill|stroke)=\"[^\"]*#[0-9a-fA-F]{3,6}\b")
JOINED_UNIT = re.compile(r"[^\s>]<small|[^\s>]{% if \w+ %}<small")
ELSEWHERE = re.compile(r"(?:src|href)=[\"'](?:https?:)?//")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def source(path: Path) -> str:
    return SHOWN_ONLY.sub("", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_keeps_to_the_content_security_policy(path):
    text = source(path)
    found = {
        what: tag
        for what, rule in FORBIDDEN.items()
        for tag in TAG.findall(text)
        if rule.search(tag)
    }
    assert found == {}
    assert not INLINE_SCRIPT.search(text), "a script in the page"
    assert "<style" not in text
    assert "|safe" not in text, "text goes out escaped"
    assert "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_keeps_to_the_tokens(path):
    text = source(path)
    assert PALETTE.findall(text) == []
    assert HEX.findall(text) == []
    assert ELSEWHERE.findall(text) == []
    assert JOINED_UNIT.findall(text) == [], "a space between a number and its unit"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_can_be_read(path):
    get_template(name(path))


def test_pages_stand_on_the_base():
    """A page that is no part, mail or base extends one of the two bases."""
    parts = ("components/", "base.html", "500.html", "503.html", "notifications/mail")
    alone = [
        name(p)
        for p in TEMPLATES
        if not name(p).startswith(parts)
        and not name(p).rsplit("/", 1)[-1].startswith("_")
        and "<html" in p.read_text()
    ]
    assert alone == []


def test_icons_are_in_the_sprite():
    sprite = (settings.BASE_DIR / "static/icons.svg").read_text()
    known = set(re.findall(r'id="i-([a-z0-9]+)"', sprite))
    used = {
        (name(p), icon)
        for p in TEMPLATES
        for icon in re.findall(r'{% icon "([^"]+)"', p.read_text())
        if icon not in known
    }
    assert used == set()
