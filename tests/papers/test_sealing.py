"""The seal provider of tests: its mark says what it is, and a real installation refuses it."""

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from applications import uploads
from audit.digests import sm3
from papers import fonts, sealing
from papers.sealing import Holder, Sealed
from papers.setting import set_paper
from papers.trial_seal import TrialSeal
from tests.papers import reading, samples

needs_font = pytest.mark.skipif(not fonts.available(), reason="no Chinese font on this machine")
FIRM = Holder("firm", samples.RARE, "91220000MA0Y1234XX", "宋企业")
OFFICE = Holder("office", "项目主管部门", "", "秦项目")


@needs_font
def test_both_seals_stand_on_it_and_every_page_says_that_they_bind_nobody():
    plain = set_paper(samples.agreement())
    first = TrialSeal().seal(plain, holder=FIRM, at=samples.AT)
    both = TrialSeal().seal(first.document, holder=OFFICE, at=samples.AT)
    shown = reading.pages(both.document)
    assert [page.count("本件加盖的是测试章，仅供测试和演练，不具法律效力") for page in shown] == (
        [2] * len(shown)
    )
    assert [page.count("测试章不具法律效力2026年3月2日") for page in shown] == (
        [0] * (len(shown) - 1) + [2]
    )
    assert both.certificate["sealed"] == sm3(first.document)
    assert uploads.check(ContentFile(both.document, "a.pdf")).digest == both.certificate["digest"]


@needs_font
def test_a_seal_knows_its_document():
    plain = set_paper(samples.agreement())
    sealed = TrialSeal().seal(plain, holder=FIRM, at=samples.AT)
    assert TrialSeal().verify(sealed)
    assert not TrialSeal().verify(Sealed(sealed.document + b" ", sealed.certificate))


def test_the_settings_name_the_provider(settings):
    settings.STEELYARD_SEAL = "papers.trial_seal.TrialSeal"
    assert sealing.provider().is_test
    settings.STEELYARD_SEAL = ""
    assert sealing.provider() is None


@pytest.mark.parametrize(
    ("named", "refused"),
    [
        ("papers.trial_seal.TrialSeal", "papers.E002"),
        ("papers.no_such.Seal", "papers.E003"),
        ("papers.trial_seal.MARK", "papers.E003"),
    ],
)
def test_a_real_installation_refuses_a_test_seal_or_none_that_loads(db, settings, named, refused):
    settings.STEELYARD_SEAL = named
    with pytest.raises(CommandError, match=refused):
        call_command("check", deploy=True)
