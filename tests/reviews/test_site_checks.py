"""现场核查: facts are corrected and the formulas computed anew; opinions stay as they are."""

from decimal import Decimal

import pytest

from audit import clock
from rehearsal.papers import pdf
from reviews.models import SiteCheck, SiteFinding
from reviews.services import ranking, site_checks, site_deciding, site_findings
from reviews.services.site_findings import Found, Report
from reviews.site_figures import CHECKED, stored
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WHY = "排名靠近资金线，核对投资与用工数据。"
SEEN = "现场设备未到齐，投资额与账面不一致。"


@pytest.fixture
def ranked(kept, scored, officer):
    def rank():
        ranking.close_scoring(call=scored, by=officer)
        ranking.compute_ranking(call=scored, by=officer)
        return scored

    call = kept.build("ranked", rank, on=("scored",))
    call.refresh_from_db()
    return call


@pytest.fixture
def dossier(ranked):
    return round.dossiers(ranked)[0]


@pytest.fixture
def check(ranked, dossier, officer, officer2, finance) -> SiteCheck:
    return ordered(dossier, officer, officer2, finance)


def ordered(dossier, officer, *people) -> SiteCheck:
    [row] = site_checks.order_checks(
        call=dossier.call,
        applications=[dossier],
        day=clock.today(),
        checkers=people,
        reason=WHY,
        by=officer,
    )
    return row


def report(check, by, veto="", **found: str) -> Report:
    """Every figure as in the dossier but for those named, which rest on one file."""
    given = check.application.submissions.order_by("-version")[0].content["figures"]
    evidence = None
    if found:
        upload = pdf("现场照片.pdf", f"{check.pk} {found}")
        evidence = site_findings.add_evidence(check=check, upload=upload, by=by)
    figures = [
        Found(name, found[name], "现场清点与账面核对", evidence.pk)
        if name in found
        else Found(name, stored(name, given.get(name)))
        for name in CHECKED
    ]
    reason = "项目地块在示范区范围之外" if veto else ""
    return Report(clock.today(), SEEN, figures, veto, reason)


def recorded(check, by, veto="", **found: str) -> SiteFinding:
    return site_findings.record_finding(check=check, report=report(check, by, veto, **found), by=by)


def confirmed(check, maker, checker, owner, veto="", **found: str) -> SiteFinding:
    finding = recorded(check, maker, veto, **found)
    if finding.is_against_the_firm:
        site_deciding.state_view(finding=finding, text="企业认可现场核查的结果。", by=owner)
    return site_deciding.confirm_finding(finding=finding, by=checker)


def test_from_the_ranking_to_the_corrected_ranking(
    ranked, dossier, check, officer, officer2, finance, applicant
):
    before = ranked.rankings.get()
    old = before.entries.get(application=dossier)
    submission = dossier.submissions.get()
    confirmed(check, officer2, finance, applicant, promised_headcount="200.0")
    after = ranking.compute_ranking(call=ranked, by=officer)
    assert (after.version, after.digest != before.digest) == (2, True)
    new = after.entries.get(application=dossier)
    assert old.details["formula"]["J1.1"]["working"].startswith("8 × min(1, (280 − 112)")
    assert new.details["formula"]["J1.1"]["working"].startswith("8 × min(1, (200 − 112)")
    assert (old.net_new_jobs, new.net_new_jobs) == (Decimal(168), Decimal(88))
    assert new.details["experts"] == old.details["experts"]
    assert new.total < old.total
    assert new.details["site"]["corrections"] == {
        "promised_headcount": {"submitted": "280.0", "found": "200.0"}
    }
    assert dossier.submissions.get().content == submission.content
    [untouched] = {str(e.details["formula"]) for e in after.entries.exclude(application=dossier)}
    assert untouched == str(old.details["formula"])
