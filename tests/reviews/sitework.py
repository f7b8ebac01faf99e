"""A site check from its order to its confirmation, by the people who may."""

from typing import Any

from django.db import connection

from accounts.models import User
from applications.models import Application
from audit import clock
from rehearsal.papers import pdf
from reviews.models import SiteCheck, SiteFinding
from reviews.services import site_checks, site_deciding, site_findings
from reviews.services.site_findings import Found, Report
from reviews.site_figures import CHECKED, stored

WHY = "排名靠近资金线，核对投资与用工数据。"
SEEN = "现场设备未到齐，投资额与账面不一致。"
VIEW = "企业认可现场核查的结果。"
LESS = {"promised_headcount": "200.0"}


def ordered(dossier: Application, officer: User, *people: User) -> SiteCheck:
    [row] = site_checks.order_checks(
        call=dossier.call,
        applications=[dossier],
        day=clock.today(),
        checkers=people,
        reason=WHY,
        by=officer,
    )
    return row


def submitted(check: SiteCheck) -> dict[str, str]:
    """Every checked figure as the dossier has it, in stored form."""
    given = check.application.submissions.order_by("-version")[0].content["figures"]
    return {name: stored(name, given.get(name)) for name in CHECKED}


def evidence(check: SiteCheck, by: User, words: str = "设备清点") -> Any:
    upload = pdf("现场照片", f"{check.pk} {words}")
    return site_findings.add_evidence(check=check, upload=upload, by=by)


def report(check: SiteCheck, by: User, veto: str = "", **found: str) -> Report:
    """Every figure as in the dossier but for those named, which rest on one file."""
    file = evidence(check, by).pk if found else None
    figures = [
        Found(name, found[name], "现场清点与账面核对", file)
        if name in found
        else Found(name, value)
        for name, value in submitted(check).items()
    ]
    reason = "项目地块在示范区范围之外" if veto else ""
    return Report(clock.today(), SEEN, figures, veto, reason)


def recorded(check: SiteCheck, by: User, veto: str = "", **found: str) -> SiteFinding:
    written = report(check, by, veto, **found)
    return site_findings.record_finding(check=check, report=written, by=by)


def confirmed(
    check: SiteCheck, maker: User, checker: User, owner: User, veto: str = "", **found: str
) -> SiteFinding:
    """Recorded, the firm heard where anything is held against it, confirmed."""
    finding = recorded(check, maker, veto, **found)
    if finding.is_against_the_firm:
        site_deciding.state_view(finding=finding, text=VIEW, by=owner)
    return site_deciding.confirm_finding(finding=finding, by=checker)


def behind(text: str, *values: Any) -> None:
    """As a database superuser would: with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(text, values)
        cursor.execute("SET LOCAL session_replication_role = origin")
