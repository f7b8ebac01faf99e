"""What verification compares of site checks: findings, figures, files and views with the log."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from audit.digests import canonical, sm3
from audit.models import Event
from audit.witnesses import last_after
from reviews.models import SiteCheck, SiteChecker, SiteEvidence, SiteFigure, SiteFinding, SiteView
from reviews.selectors.site_checks import finding_content


def site_checks() -> Iterator[str]:
    """Every finding still says what its rows, its digest and the log say; so does every file, every
    view of a firm, and who was sent.
    """
    yield from _findings()
    told = SiteCheck.objects.select_related("application").prefetch_related(
        Prefetch("checkers", SiteChecker.objects.select_related("user")), "findings"
    )
    yield from last_after(told, _facts)
    yield from _unsaid()


def _findings() -> Iterator[str]:
    figures = SiteFigure.objects.select_related("evidence")
    rows = SiteFinding.objects.select_related(
        "site_check__application", "submission"
    ).prefetch_related(Prefetch("figures", figures))
    for row in rows.order_by("pk").iterator(chunk_size=100):
        known = list(row.figures.all())
        differ = sum(figure.differs for figure in known)
        if sm3(canonical(finding_content(row, known))) != row.digest or differ != row.corrections:
            yield _("finding %(version)s of the site check of %(number)s: it was altered") % {
                "version": row.version,
                "number": row.site_check.application.number,
            }


def _facts(check: SiteCheck) -> dict[str, Any]:
    """As the services write them; a check that nothing was recorded of has no finding."""
    facts: dict[str, Any] = {
        "state": check.state,
        "day": check.day,
        "application": check.application.number,
        "checkers": sorted(row.user.username for row in check.checkers.all()),
    }
    findings = sorted(check.findings.all(), key=lambda row: row.version)
    if findings:
        facts |= {"finding": findings[-1].version, "digest": findings[-1].digest}
    return facts


def _unsaid() -> Iterator[str]:
    """Findings, files and views that the log does not tell of with this digest."""
    events = Event.objects.filter(object_type="reviews.sitecheck")
    said = {
        (action, pk, digest)
        for action, pk, after in events.values_list("action", "object_id", "after")
        for digest in ((after or {}).get("digest"), (after or {}).get("view"))
        if digest
    }
    kept = [
        *(("sitecheck.record", *row) for row in SiteFinding.objects.values_list(
            "site_check_id", "digest")),
        *(("sitecheck.confirm", *row) for row in SiteFinding.objects.filter(
            state="confirmed").values_list("site_check_id", "digest")),
        *(("sitecheck.add_file", *row) for row in SiteEvidence.objects.values_list(
            "site_check_id", "digest")),
        *(("sitecheck.view", check, sm3(canonical(text))) for check, text in
          SiteView.objects.values_list("finding__site_check_id", "text")),
    ]  # fmt: skip
    for action, check, digest in kept:
        if (action, str(check), digest) not in said:
            yield _("site check %(check)s: the log does not tell of %(what)s %(digest)s") % {
                "check": check,
                "what": action,
                "digest": digest[:12],
            }
