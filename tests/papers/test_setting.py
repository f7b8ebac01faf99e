"""Documents set as PDF: the same bytes, nothing taken as markup, number and code on every page."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from papers import fonts
from papers.codes import code_of
from papers.setting import set_paper
from tests.exhaustive import examples
from tests.papers import reading, samples

pytestmark = pytest.mark.skipif(not fonts.available(), reason="no Chinese font on this machine")
BASE = Path(__file__).parents[2]
PROGRAM = """
import django; django.setup()
from audit.digests import sm3
from papers.setting import set_paper
from tests.papers import samples
print(sm3(set_paper(samples.receipt(files=samples.files(40)))))
"""


def test_the_same_values_give_the_same_bytes_in_any_process():
    from audit.digests import sm3

    here = sm3(set_paper(samples.receipt(files=samples.files(40))))
    there = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=BASE,
        env={
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "STEELYARD_AUDIT_KEY": settings.STEELYARD_AUDIT_KEY,
            "SECRET_KEY": "x" * 50,
            "DATABASE_URL": "postgresql://nobody@localhost/none",
            "SITE_URL": settings.SITE_URL,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


@pytest.mark.parametrize(
    "changed", [{"number": "2026-1-0088"}, {"digest": "ac" * 32}, {"title": "回执"}]
)
def test_other_records_give_other_bytes(changed):
    assert set_paper(replace(samples.receipt(), **changed)) != set_paper(samples.receipt())


def test_every_page_has_number_code_digest_and_its_place():
    paper = samples.receipt(files=samples.files(60))
    shown = reading.pages(set_paper(paper))
    code = code_of(settings.STEELYARD_AUDIT_KEY, paper.number, paper.digest)
    assert len(shown) >= 3
    for n, page in enumerate(shown, start=1):
        for part in (paper.number, code, paper.digest, f"第{n}页共{len(shown)}页", "/verify/"):
            assert part in page
        assert "序号文件大小" in page or n == len(shown)


def test_rare_characters_and_punctuation_survive():
    shown = "".join(reading.pages(set_paper(samples.receipt(project="（甲）,A.B：“乙”；〔2026〕"))))
    assert samples.RARE in shown
    assert "（甲）,A.B：“乙”；〔2026〕" in shown
    assert "\ufffd" not in shown


@pytest.mark.parametrize("text", samples.MARKUP)
def test_markup_is_shown_as_it_was_typed(text):
    shown = "".join(reading.pages(set_paper(samples.receipt(firm=text, project=text))))
    plain = "".join(text.split())
    assert f"{plain}申报的“{plain}”" in shown
    assert "root:" not in shown


@tries(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_set(firm, name):
    made = set_paper(samples.receipt(firm=firm, files=[{**samples.files(1)[0], "name": name}]))
    assert made.startswith(b"%PDF-")


def test_a_flood_of_text_fills_pages_and_stays_between_the_margins():
    shown = reading.pages(set_paper(samples.receipt(firm="A" * 20_000, project="很长" * 10_000)))
    assert len(shown) > 10
    assert "".join(shown).count("A" * 100) > 0


def test_no_chinese_font_is_said():
    with pytest.raises(fonts.NoFont, match="STEELYARD_FONTS"):
        fonts.chosen({"DejaVu Sans", "Liberation Serif"})


def test_the_sites_own_faces_come_first():
    there = {"Noto Serif CJK SC", "FangSong_GB2312", "FZXiaoBiaoSong-B05S"}
    assert fonts.chosen(there) == {
        "title": ["FZXiaoBiaoSong-B05S", "Noto Serif CJK SC"],
        "text": ["FangSong_GB2312", "Noto Serif CJK SC"],
        "head": ["Noto Serif CJK SC"],
        "mono": ["Noto Serif CJK SC"],
    }


@pytest.mark.parametrize(("article", "empty"), [("一条。", 0), ("一条。" * 40, 1)])
def test_signatures_alone_on_a_page_say_so(article, empty):
    paper = samples.agreement()
    shown = reading.pages(
        set_paper(replace(paper, values={**paper.values, "other": [article] * 4}))
    )
    assert [page.count("（此页无正文）") for page in shown] == [0] * (len(shown) - 1) + [empty]
    assert ("七、其他" in shown[-1]) is (empty == 0)
