"""What is found on the spot: files, and one checker's record of every figure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.rules import acting_role as first_role
from accounts.selectors import members_by_firm
from applications import uploads
from applications.fields import FieldProblem
from applications.models import Submission
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, NotVisible, WrongState
from audit.services import record
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from reviews.models import (
    CheckState,
    SiteCheck,
    SiteEvidence,
    SiteFigure,
    SiteFinding,
)
from reviews.selectors.site_checks import finding_content, vetoes_of
from reviews.services.site_checks import lock_check
from reviews.site_figures import CHECKED, stored, unit_of
from reviews.site_rules import CHECKERS, bar_of, looked_up

SHORTEST_TEXT = 10
MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One figure as found, in stored form, with why and on which file where it differs; None: as
    in the dossier.
    """

    field: str
    found: str | None = None
    reason: str = ""
    evidence: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one checker writes down: every figure, a short finding, perhaps a veto."""

    visited_on: date
    text: str
    figures: Sequence[Found]
    veto: str = ""
    veto_reason: str = ""


UNSAID = _("Say whether this is as in the dossier.")


class FiguresRefused(Invalid):
    """Figures that cannot be recorded so; {field: message}."""

    def __init__(self, problems: Mapping[str, Any]) -> None:
        super().__init__(_("Some figures are not complete yet."))
        self.problems = dict(problems)


@transaction.atomic
def add_evidence(*, check: SiteCheck, upload: "File[Any]", by: User) -> SiteEvidence:
    """Keep a file from the spot; the same file twice is kept once."""
    row = lock_check(check)
    require_checker(row, by)
    if row.state != CheckState.ORDERED:
        raise WrongState(_("The finding is recorded; no file can be added to it."))
    checked = uploads.check(upload)
    same: SiteEvidence | None = row.evidence.filter(digest=checked.digest).first()
    if same is not None:
        return same
    if row.evidence.count() >= MOST_FILES:
        raise Invalid(_("A check holds at most %(most)s files.") % {"most": MOST_FILES}, "upload")
    kept = SiteEvidence(
        site_check=row,
        name=checked.name,
        size=checked.size,
        content_type=checked.content_type,
        digest=checked.digest,
        uploaded_by=by,
        uploaded_at=row.now,
    )
    upload.seek(0)
    name = f"{row.pk}/{uuid.uuid4().hex}-{checked.digest[:16]}.{checked.extension}"
    kept.file.save(name, File(upload), save=False)
    try:
        kept.save(force_insert=True)
        record_act(row, "sitecheck.add_file", by, after={"digest": kept.digest, "name": kept.name})
    except BaseException:
        kept.file.delete(save=False)
        raise
    return kept


def require_checker(check: Any, by: User) -> None:
    """Of a check that is held: NotVisible for whoever does not go, NotPermitted for one who has
    become barred since. One query.
    """
    call, dossier = check.application.call, check.application
    [person] = looked_up([by.pk], call, day_of(check.now), going=check) or [None]
    if person is None or not person.goes:
        raise NotVisible
    if bar_of(person, dossier, same_region=call.rule_set.exclude_same_region):
        raise NotPermitted(
            _("You may not check this dossier any more. Tell the programme officer.")
        )


@transaction.atomic
def record_finding(*, check: SiteCheck, report: Report, by: User) -> SiteFinding:
    """Record what was found: of every figure the value, reason and file where it differs.

    The firm is told and may state its view until the call's working days for it have passed;
    then another checker confirms. Raises FiguresRefused with a message for each figure.
    """
    row = lock_check(check)
    require_checker(row, by)
    if row.state != CheckState.ORDERED:
        raise WrongState(_("A finding of this check is recorded already."))
    _require_words(row, report)
    submission = row.application.submissions.order_by("-version").first()
    if submission is None:
        raise WrongState(_("The dossier was never submitted."))
    finding = _write(row, submission, report, by)
    row.state = CheckState.RECORDED
    row.save(update_fields=["state"])
    record_act(
        row,
        "sitecheck.record",
        by,
        source=CheckState.ORDERED,
        after={"state": row.state, "finding": finding.version, "digest": finding.digest},
    )
    notify_all(_recorded(row, finding))
    return finding


def _require_words(check: Any, report: Report) -> None:
    if not check.day <= report.visited_on <= day_of(check.now):
        raise Invalid(
            _("The day of the visit lies between the day ordered and today."), field="visited_on"
        )
    if len(report.text.strip()) < SHORTEST_TEXT:
        raise Invalid(_("Write what was found in at least ten characters."), field="text")
    grounds = {item["code"] for item in vetoes_of(check.application.call)}
    if report.veto and report.veto not in grounds:
        raise Invalid(_("The rules of the call have no such veto."), field="veto")
    if report.veto and len(report.veto_reason.strip()) < SHORTEST_TEXT:
        raise Invalid(_("Say in at least ten characters what the veto rests on."), "veto_reason")


def _write(check: Any, submission: Submission, report: Report, by: User) -> SiteFinding:
    limit = due(day_of(check.now), check.application.call.rule_set.site_view_days, working_days())
    figures = _figures(check, submission, report.figures)
    finding = SiteFinding(
        site_check=check,
        version=(check.last_version or 0) + 1,
        submission=submission,
        visited_on=report.visited_on,
        text=report.text.strip(),
        veto=report.veto,
        veto_reason=report.veto_reason.strip() if report.veto else "",
        corrections=sum(figure.differs for figure in figures),
        maker=by,
        made_at=check.now,
        view_by=end_of_day(limit.day),
        provisional=limit.provisional,
    )
    finding.digest = sm3(canonical(finding_content(finding, figures)))
    finding.save(force_insert=True)
    for figure in figures:
        figure.finding = finding
    SiteFigure.objects.bulk_create(figures)
    return finding


def _figures(check: SiteCheck, submission: Submission, found: Sequence[Found]) -> list[SiteFigure]:
    """A row for every figure that is checked, none left out and none twice."""
    told = {one.field: one for one in found}
    files = check.evidence.in_bulk()
    given = submission.content["figures"]
    rows: list[SiteFigure] = []
    problems: dict[str, Any] = {}
    for name in CHECKED:
        one = told.get(name)
        if one is None:
            problems[name] = UNSAID
            continue
        row = SiteFigure(field=name, unit=unit_of(name), submitted=stored(name, given.get(name)))
        try:
            row.found = row.submitted if one.found is None else CHECKED[name].read(one.found)
        except FieldProblem as problem:
            problems[name] = problem.message
            continue
        if row.differs:
            row.reason, row.evidence = one.reason.strip(), files.get(one.evidence or 0)
        if unfounded := _unfounded(row):
            problems[name] = unfounded
        rows.append(row)
    if problems or len(told) != len(found) or told.keys() - CHECKED.keys():
        raise FiguresRefused(problems)
    return rows


def _unfounded(row: SiteFigure) -> Any:
    if not row.differs:
        return ""
    if not row.found:
        return _("Enter the value found.")
    if not row.reason:
        return _("Say why the value differs from the dossier.")
    return "" if row.evidence else _("Choose the file that shows it.")


def _recorded(check: SiteCheck, finding: SiteFinding) -> list[Dispatch]:
    firm = check.application.firm_id
    others = check.checkers.exclude(user=finding.maker).select_related("user")
    about = {"about": check.application}
    told = [
        Dispatch(
            kind="sitecheck.to_confirm",
            recipients=[row.user for row in others],
            key=f"sitecheck.to_confirm:{finding.pk}",
            context={"number": check.application.number or "", "due": finding.view_by},
            url=f"/site-checks/{check.pk}/",
            **about,
        )
    ]
    if finding.is_against_the_firm:
        told.append(
            Dispatch(
                kind="sitecheck.found",
                recipients=members_by_firm([firm], Level.OWNER).get(firm, []),
                key=f"sitecheck.found:{finding.pk}",
                context={"title": check.application.title, "due": finding.view_by},
                url=f"/site-checks/{check.pk}/own/",
                **about,
            )
        )
    return told


def record_act(check: SiteCheck, action: str, by: User, **more: Any) -> None:
    """One event about a check, by one of its people."""
    record(
        action=action,
        obj=check,
        by=by,
        role=first_role(by, *CHECKERS),
        scope=check.application.call.number,
        **more,
    )
