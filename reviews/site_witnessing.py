"""What verification compares of site checks: findings, figures, files and views with the log."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from audit.digests import canonical, sm3
from audit.models import Event
from audit.witnesses import last_after
from reviews.models import (
    FindingState,
    SiteCheck,
    SiteChecker,
    SiteEvidence,
    SiteFigure,
    SiteFinding,
    SiteView,
)
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


TOLD = ("sitecheck.record", "sitecheck.confirm", "sitecheck.add_file", "sitecheck.view")


def _unsaid() -> Iterator[str]:
    """Findings, files and views that the log does not tell of, and those it tells of in vain."""
    events = Event.objects.filter(object_type="reviews.sitecheck", action__in=TOLD)
    said = {
        (action, pk, (after or {}).get("view") or (after or {}).get("digest", ""))
        for action, pk, after in events.values_list("action", "object_id", "after")
    }
    kept = {(action, str(pk), digest) for action, pk, digest in _kept()}
    for action, pk, digest in sorted(said ^ kept):
        words = (
            _("site check %(check)s: the log tells of %(what)s %(digest)s, which is missing")
            if (action, pk, digest) in said
            else _("site check %(check)s: the log does not tell of %(what)s %(digest)s")
        )
        yield words % {"check": pk, "what": action, "digest": digest[:12]}


def _kept() -> Iterator[tuple[str, int, str]]:
    """(act that made it, check, digest) of every row there is."""
    for pk, digest, state in SiteFinding.objects.values_list("site_check_id", "digest", "state"):
        yield "sitecheck.record", pk, digest
        if state == FindingState.CONFIRMED:
            yield "sitecheck.confirm", pk, digest
    for pk, digest in SiteEvidence.objects.values_list("site_check_id", "digest"):
        yield "sitecheck.add_file", pk, digest
    for pk, text in SiteView.objects.values_list("finding__site_check_id", "text"):
        yield "sitecheck.view", pk, sm3(canonical(text))
