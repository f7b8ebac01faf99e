"""What a firm does with its dossier: open, fill in, submit, correct, withdraw."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationKind, Region, RegionLevel, User
from accounts.selectors import officers_of
from applications import rules, sections
from applications.models import Application, Attachment, Call, Industry, Section, Submission
from applications.named import FIELDS
from applications.readiness import data_of, readiness_of
from applications.sections.project import INVESTMENT, PROJECT
from applications.services import freezing, sharing, telling
from applications.services.editable import require_editable
from applications.services.lifecycle import advance, lock
from applications.workflow import Actor, Status
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, NotVisible, TooLate, WrongState
from audit.services import record


class SectionInvalid(Invalid):
    """Values that cannot stand in a section; `problems` names the fields."""

    def __init__(self, problems: dict[str, Any]) -> None:
        first = next(iter(problems))
        super().__init__(problems[first], first)
        self.problems = problems


class SectionConflict(Conflict):
    """Another tab or colleague saved the section first; `current` is what stands there now."""

    def __init__(self, current: Section) -> None:
        super().__init__()
        self.current = current


@transaction.atomic
def start_dossier(
    *,
    call: Call,
    firm: Organisation,
    title: str,
    region: Region,
    industry: Industry,
    by: User,
) -> Application:
    """Open a draft for the firm in an open call, shared with the firm's people.

    Raises NotPermitted, NotVisible, TooLate, Invalid (title taken, region outside the zone).
    """
    firm = sharing.hold_firm(firm.pk)
    if not rules.may_start(by, firm.pk):
        raise NotPermitted(_("Only an owner or editor of the firm opens a dossier for it."))
    if firm.kind != OrganisationKind.FIRM:
        raise Invalid(_("Only a firm can apply."))
    now = clock.now()
    _require_open(Call.objects.get(pk=call.pk), now)
    title = PROJECT.field("title").read(title)
    if not title:
        raise Invalid(_("Give the project's name."), "title")
    _require_in_zone(region)
    _require_new_title(taken=_of_this_title(call, firm, title).exists())
    application = Application.objects.create(
        call=call,
        firm=firm,
        title=title,
        industry=industry,
        region=region,
        created_by=by,
        created_at=now,
        status_since=now,
    )
    first = {"title": title, "region": region.code, "industry": industry.code}
    Section.objects.bulk_create(
        Section(application=application, code=code, data=_start_data(code, firm, first))
        for code in sections.CODES
    )
    sharing.share_dossier(application=application)
    record(
        action="application.start",
        obj=application,
        by=by,
        role=Actor.OWNER,
        target=Status.DRAFT,
        scope=call.number,
        after={"firm": firm.uscc, **first},
    )
    return application


def _start_data(code: str, firm: Organisation, project: dict[str, str]) -> dict[str, str]:
    if code == "project":
        return project
    if code == "firm":
        known = {
            "legal_representative": firm.legal_representative,
            "contact_phone": firm.contact_phone,
            "established_on": firm.registered_on.isoformat() if firm.registered_on else "",
        }
        return {name: value for name, value in known.items() if value}
    return {}


def _require_open(call: Call, now: Any) -> None:
    if not rules.may_see_call(None, call):
        raise NotVisible
    if now < call.opens_at:
        raise WrongState(_("The call has not opened yet."))
    if not call.is_open(now):
        raise TooLate(_("The call has closed. A new dossier can be opened in the next call."))


def _require_in_zone(region: Region) -> None:
    if not region.in_zone or region.level == RegionLevel.PROVINCE:
        raise Invalid(_("The project must be built inside the demonstration zone."), "region")


def _of_this_title(call: Call, firm: Organisation, title: str) -> QuerySet[Application]:
    """Dossiers beside which none of this name can be opened."""
    same = Application.objects.filter(call=call, firm=firm, title=title)
    return same.exclude(status=Status.WITHDRAWN)


def _require_new_title(*, taken: bool) -> None:
    if taken:
        raise Invalid(
            _("Your firm already has a dossier of this name in this call. Open that one instead."),
            "title",
        )


@transaction.atomic
def save_section(
    *, application: Application, code: str, data: dict[str, Any], version: int, by: User
) -> Section:
    """Store one section of a draft. `data` in stored units (yuan, see `applications.fields`).

    `version` is the version that was read; equal data saved twice is no conflict. Raises
    NotVisible, NotPermitted, WrongState, TooLate, SectionInvalid, SectionConflict.
    """
    row = lock(application)
    now = require_editable(row, by)
    if code not in sections.BY_CODE:
        raise NotVisible
    section = Section.objects.select_for_update().get(application=row, code=code)
    clean, problems = sections.read(code, data)
    if problems:
        raise SectionInvalid(problems)
    before = {k: v for k, v in section.data.items() if v}
    after = {k: v for k, v in clean.items() if v}
    if after == before and section.version > 0:
        return section
    if version != section.version:
        raise SectionConflict(section)
    if code == "project":
        _carry_project(row, clean)
    if code == "investment":
        _keep_request(row, clean)
    if code == "commitment":
        _keep_named(row, before, clean)
    section.updated_at = now
    return _store(row, section, after, before, by)


def _store(
    row: Application, section: Section, after: dict[str, str], before: dict[str, str], by: User
) -> Section:
    section.data = after
    section.version += 1
    section.complete = not sections.missing(section.code, after)
    section.updated_by = by
    section.save(update_fields=["data", "version", "complete", "updated_by", "updated_at"])
    changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
    record(
        action="application.save_section",
        obj=row,
        by=by,
        role=Actor.OWNER if rules.holds(by, rules.SUBMIT, row) else "editor",
        scope=row.call.number,
        after={"section": section.code, "version": section.version, "changed": changed},
    )
    return section


def _carry_project(row: Application, clean: dict[str, str]) -> None:
    """The dossier's own title, region and industry follow its project section."""
    title, region_code, industry_code = clean["title"], clean["region"], clean["industry"]
    if not title:
        raise SectionInvalid({"title": _("Give the project's name.")})
    region = Region.objects.filter(code=region_code).first()
    same = _of_this_title(row.call, row.firm, title).exclude(pk=row.pk)
    industry = Industry.objects.filter(code=industry_code).annotate(taken=Exists(same)).first()
    if region is None:
        raise SectionInvalid({"region": _("Choose the place of construction.")})
    if industry is None:
        raise SectionInvalid({"industry": _("Choose the industry.")})
    _require_in_zone(region)
    _require_new_title(taken=industry.taken)
    if row.number and region.pk != row.region_id:
        raise SectionInvalid({"region": _("The place cannot change after submission.")})
    row.title, row.region, row.industry = title, region, industry
    row.save(update_fields=["title", "region", "industry"])


def _keep_request(row: Application, clean: dict[str, str]) -> None:
    field = INVESTMENT.field("requested_yuan")
    if row.requested is not None and clean["requested_yuan"] != field.read(row.requested):
        raise SectionInvalid(
            {"requested_yuan": _("The support asked for was frozen at submission and stays.")}
        )


def _keep_named(row: Application, before: dict[str, str], clean: dict[str, str]) -> None:
    """Nobody is named, nor taken back, once the firm can know who looks at its dossier."""
    changed = [f for f in sorted(FIELDS) if before.get(f, "") != clean[f]]
    if row.number and changed:
        raise SectionInvalid(
            {changed[0]: _("Who shall not review was frozen at submission and stays.")}
        )


@transaction.atomic
def submit(*, application: Application, commitment: bool, by: User) -> Submission:
    """Submit a draft, or a correction of a returned dossier; the receipt.

    Pressed again, it gives the receipt that stands: one submission, one message. The closing
    instant is compared with the database's clock after every lock is held. Raises NotVisible,
    NotPermitted, WrongState, TooLate, Invalid (something is missing or contradicts).
    """
    row = lock(application)
    if not rules.holds(by, rules.SUBMIT, row):
        rules.require_sight(by, row)
        raise NotPermitted(_("Only an owner of the firm submits for it. Ask an owner to do so."))
    status = Status(row.status)
    latest = None
    if status is not Status.DRAFT:
        latest = Submission.objects.filter(application=row).order_by("-version").first()
    if status in (Status.SUBMITTED, Status.RECOMMENDED) and latest is not None:
        return latest
    if status not in (Status.DRAFT, Status.RETURNED):
        raise WrongState
    if not commitment:
        raise Invalid(_("Confirm the commitment before submitting."), "commitment")
    data = data_of(list(Section.objects.filter(application=row)))
    files = list(Attachment.objects.filter(application=row, removed_at=None).order_by("pk"))
    _require_ready(row, data, files)
    if status is Status.DRAFT:
        return freezing.first(row, data, files, by)
    if latest is None:
        raise WrongState
    return freezing.correction(row, latest, data, files, by)


def _require_ready(
    row: Application, data: dict[str, dict[str, str]], files: list[Attachment]
) -> None:
    readiness = readiness_of(row, data, files)
    if readiness.gaps:
        raise Invalid(
            _("The dossier is not complete: %(first)s (%(count)s in all)")
            % {"first": readiness.gaps[0].text, "count": len(readiness.gaps)}
        )
    if readiness.blocking:
        raise Invalid(readiness.blocking[0].text)


@transaction.atomic
def withdraw(*, application: Application, reason: str, by: User) -> Application:
    """Take the dossier back, before review starts; once submitted only with a reason."""
    row = lock(application)
    reason = reason.strip()
    if row.submitted_at is not None and not reason and rules.may(by, "withdraw", row):
        raise Invalid(_("Say why the application is withdrawn; the region reads it."), "reason")
    moved = advance(application=row, step="withdraw", by=by, reason=reason)
    if moved.submitted_at is not None:
        telling.tell("application.withdrawn", moved, officers_of(moved.region), reason=reason)
    return moved
