"""The catalogues' tool, on a small project of its own."""

import importlib.util
import sys

import pytest
from babel.messages.mofile import read_mo

from config.embedded_places import BASE

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
def f(n):
    _("Close %(name)s")
    _("Open")
    pgettext("of a door", "Open")
    return ngettext("%(n)s day", "%(n)s days", n)
"""
PAGE = """{% load i18n %}<p title="{% translate 'Open' %}">
{% blocktranslate trimmed with name=firm.name %}
    The firm
    {{ name }} asks
{% endblocktranslate %}
{% blocktranslate count n=days %}one{% plural %}{{ n }} more{% endblocktranslate %}
{{ value|default:_("none") }} {# {% translate "not said" %} #}</p>
"""


@pytest.fixture
def messages(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("messages", BASE / "script" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "BASE", tmp_path)
    for app in ("doors", "firms"):
        (tmp_path / app).mkdir()
        (tmp_path / app / "apps.py").touch()
    (tmp_path / "config").mkdir()
    (tmp_path / "doors" / "views.py").write_text(CODE)
    (tmp_path / "templates" / "doors").mkdir(parents=True)
    (tmp_path / "templates" / "doors" / "door.html").write_text(PAGE)
    (tmp_path / "templates" / "base.html").write_text('{% translate "Steelyard" %}')
    return module


def translate(messages, name: str, **said: str) -> None:
    """Fill in translations: `Open="开"`, by the English text's letters."""
    path = messages.po_file(name)
    catalog = messages.stored(name)
    for message in catalog:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        chinese = said.get("".join(c for c in english if c.isalpha()), f"中文{english}")
        message.string = chinese if isinstance(message.id, str) else (chinese,)
    messages.write(catalog, path, is_pruned=False)


def test_finds_what_code_and_templates_say_each_in_its_catalogue(messages):
    found = messages.entries(messages.extracted("doors"))
    assert sorted(found, key=lambda key: (key[1], key[0] or "")) == [
        (None, "%(n)s day"),
        (None, "Close %(name)s"),
        (None, "Open"),
        ("of a door", "Open"),
        (None, "The firm %(name)s asks"),
        (None, "none"),
        (None, "one"),
    ]
    assert found[(None, "one")].id == ("one", "%(n)s more")
    assert list(messages.entries(messages.extracted("base"))) == [(None, "Steelyard")]


def test_extracting_twice_writes_the_same_bytes(messages):
    assert messages.main(["extract", "doors"]) == 0
    first = messages.po_file("doors").read_bytes()
    messages.main(["extract", "doors"])
    assert messages.po_file("doors").read_bytes() == first
    assert (b"Date" in first, b":3" in first, str(messages.BASE).encode() in first) == (False,) * 3


def test_translations_are_kept_set_aside_and_taken_up_again(messages):
    messages.main(["extract", "doors"])
    translate(messages, "doors", Open="打开")
    views = messages.BASE / "doors" / "views.py"
    views.write_text(CODE.replace('_("Close %(name)s")', ""))
    messages.main(["extract", "doors"])
    assert '#~ msgid "Close %(name)s"' in messages.po_file("doors").read_text()
    assert list(messages.problems("doors")) == ["doors: left over: 'Close %(name)s'"]
    views.write_text(CODE)
    messages.main(["extract", "doors"])
    assert list(messages.problems("doors")) == []
    kept = messages.entries(messages.stored("doors"))
    assert (kept[(None, "Open")].string, kept[(None, "Close %(name)s")].string) == (
        "打开",
        "中文Close %(name)s",
    )
    views.write_text("")
    messages.main(["extract", "doors", "--prune"])
    assert "#~" not in messages.po_file("doors").read_text()


def test_the_check_names_every_fault(messages, capsys):
    messages.main(["extract"])
    translate(messages, "doors", Closenames="关闭", nsmore="%(n)s个")
    translate(messages, "base")
    (messages.BASE / "doors" / "rules.py").write_text('from x import gettext as _\n_("Locked")\n')
    assert messages.main(["check"]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "doors: not in the catalogue: 'Locked'",
        "doors: other placeholders: 'Close %(name)s'",
    ]


def test_two_catalogues_that_differ_are_told(messages, capsys):
    (messages.BASE / "firms" / "views.py").write_text('from x import gettext as _\n_("Open")\n')
    messages.main(["extract"])
    for name, chinese in (("doors", "打开"), ("firms", "公开")):
        translate(messages, name, Open=chinese)
    translate(messages, "base")
    assert messages.main(["check"]) == 1
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == "doors and firms differ: 'Open': '打开', '公开'"


def test_compiles_what_is_older(messages):
    messages.main(["extract", "doors"])
    translate(messages, "doors", Open="打开")
    assert (messages.compile_catalogues(), messages.compile_catalogues()) == (1, 0)
    with messages.po_file("doors").with_suffix(".mo").open("rb") as file:
        assert read_mo(file).get("Open").string == "打开"


def test_an_unknown_app_or_verb_is_refused(messages, capsys):
    assert messages.main(["extract", "windows"]) == 2
    assert messages.main([]) == 2
    assert "extract [APP …]" in capsys.readouterr().err
    assert "messages" not in sys.modules
