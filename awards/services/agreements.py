"""任务书: drawn up from the submitted dossier, signed by both sides, then frozen.

A side signs by the scan of the stamped agreement, or by its electronic seal where a provider is set
up.
"""

import json
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from applications.services.lifecycle import Move, advance_held, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import NotPermitted, WrongState
from audit.services import Entry, record, record_all
from awards.facts import agreement_facts
from awards.models import Agreement, Award, Side, Signature
from awards.rules import require
from awards.selectors.people import firm_people, owners_of
from awards.services import signing
from awards.terms import EDITION
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from notifications.services import Dispatch, notify
from reviews.selectors.site_standing import confirmed_findings, standing_of
from reviews.site_figures import corrected

TARGETS = (
    "fixed_assets_yuan",
    "invested_yuan",
    "baseline_headcount",
    "promised_headcount",
    "average_wage_yuan",
    "tax_yuan",
)


OFFICE = "项目主管部门"  # where the installation does not name its host


def _content(award: Award) -> dict[str, Any]:
    """All that the agreement says: what is printed, signed and digested."""
    application = award.application
    last = application.submissions.order_by("-version")
    submission = last.annotate(checks=confirmed_findings("application")).first()
    if submission is None:
        raise WrongState(_("The dossier was never submitted."))
    figures, site = submission.content["figures"], standing_of(submission.checks)
    if site is not None:  # the award rests on what was found
        figures = corrected(figures, site.found)
    letter, firm = award.allocation, application.firm
    assert letter is not None
    return {
        "application": application.number,
        "title": application.title,
        "office": settings.HOST_ORGANISATION or OFFICE,
        "firm": {
            "name": firm.name,
            "uscc": firm.uscc,
            "legal_representative": firm.legal_representative,
            "address": firm.address,
        },
        "call": {"number": application.call.number, "name": application.call.name_zh},
        "region": {"code": application.region.code, "name": application.region.name_zh},
        "allocation": {"number": letter.number, "issued_on": letter.issued_on},
        "submission": {"version": submission.version, "digest": submission.digest},
        "amount": award.amount,
        "targets": {name: figures.get(name, "") for name in TARGETS},
        "finishes_on": submission.content["sections"].get("project", {}).get("finishes_on", ""),
        "instalments": [
            {"sequence": i.sequence, "percent": i.percent, "amount": i.amount}
            for i in award.instalments.all()
        ],
        "days": application.call.rule_set.agreement_days,
        "terms": EDITION,
    }


@transaction.atomic
def draw_up(*, award: Award, by: User) -> Agreement:
    """Draw up the agreement of an award whose allocation notice is recorded."""
    require(by, Role.PROGRAMME_OFFICER)
    award = (
        Award.objects.select_for_update(of=("self",)).select_related("application").get(pk=award.pk)
    )
    # Read anew under its own lock: what came with the award's row is as old as the wait for it.
    award.application = lock_dossier(award.application)
    if Agreement.objects.filter(award=award).exists():
        raise WrongState(_("The agreement has already been drawn up."))
    if award.application.status != Status.AWARDED:
        raise WrongState(_("An agreement is drawn up for an awarded project only."))
    if award.allocation_id is None:
        raise WrongState(_("The allocation notice must be recorded first."))
    deadline = due(clock.today(), award.application.call.rule_set.agreement_days, working_days())
    content = _content(award)
    agreement = Agreement.objects.create(
        award=award,
        number=f"{award.application.number}-A",
        content=json.loads(canonical(content)),
        digest=sm3(canonical(content)),
        drawn_up_by=by,
        drawn_up_at=clock.now(),
        sign_by=end_of_day(deadline.day),
        provisional=deadline.provisional,
    )
    record(
        action="agreement.draw_up",
        obj=agreement,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target="drawn_up",
        after=agreement_facts(agreement, ()),
        scope=award.application.call.number,
    )
    notify(
        kind="agreement.drawn_up",
        recipients=owners_of(award.application),
        key=f"agreement.drawn_up:{agreement.pk}",
        context={
            "title": award.application.title,
            "number": agreement.number,
            "due": agreement.sign_by,
        },
        url=f"/agreements/{agreement.pk}/",
        about=award.application,
    )
    return agreement


def _lock(agreement: Agreement) -> Agreement:
    locked = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("award__application")
        .get(pk=agreement.pk)
    )
    locked.award.application = lock_dossier(locked.award.application)
    if locked.award.application.status != Status.AWARDED:
        raise WrongState(_("The agreement is in force already, or the project was terminated."))
    return locked


def _signed(
    agreement: Agreement, side: Side, files: list[Signature], by: User, role: str = ""
) -> Agreement:
    application = agreement.award.application
    signed = Entry(
        action=f"agreement.sign_{side.value}",
        obj=agreement,
        by=by,
        role=role,
        target="signed",
        after=agreement_facts(agreement, files),
        scope=application.call.number,
    )
    if not (agreement.firm_signed_at and agreement.office_signed_at):
        record_all([signed])
        return agreement
    agree = Move(application=application, step="agree", reason=agreement.number)
    in_force = Dispatch(
        kind="agreement.in_force",
        recipients=firm_people(application),
        key=f"agreement.in_force:{agreement.pk}",
        context={"title": application.title, "number": agreement.number},
        url=f"/agreements/{agreement.pk}/",
        about=application,
    )
    tell_firms(advance_held([agree], by=by, others=[signed]), in_force)
    return agreement


@transaction.atomic
def sign_for_firm(*, agreement: Agreement, by: User, scan: "File[Any] | None" = None) -> Agreement:
    """The firm's owner signs with the stamped scan; without one, the firm's seal is set."""
    locked = _lock(agreement)
    if not is_owner(by, locked.award.application.firm):
        raise NotPermitted(_("Only an owner of the firm signs the agreement."))
    if locked.firm_signed_at:
        raise WrongState(_("The firm has already signed."))
    files = _with_its_file(locked, Side.FIRM, scan, by)
    locked.firm_signed_by, locked.firm_signed_at = by, files[-1].signed_at
    locked.save(update_fields=["firm_signed_by", "firm_signed_at"])
    return _signed(locked, Side.FIRM, files, by)


@transaction.atomic
def sign_for_office(
    *, agreement: Agreement, by: User, scan: "File[Any] | None" = None
) -> Agreement:
    """A programme officer signs for the office with the stamped scan, or has its seal set."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = _lock(agreement)
    if locked.office_signed_at:
        raise WrongState(_("The office has already signed."))
    files = _with_its_file(locked, Side.OFFICE, scan, by)
    locked.office_signed_by, locked.office_signed_at = by, files[-1].signed_at
    locked.save(update_fields=["office_signed_by", "office_signed_at"])
    return _signed(locked, Side.OFFICE, files, by, Role.PROGRAMME_OFFICER)


def _with_its_file(
    agreement: Agreement, side: Side, scan: "File[Any] | None", by: User
) -> list[Signature]:
    """What both sides signed so far, this side's file last."""
    now, others = clock.now(), list(agreement.signatures.all())
    if scan is None:
        return [*others, signing.keep_seal(agreement, side, others, by, now)]
    return [*others, signing.keep_scan(agreement, side, scan, by, now)]
