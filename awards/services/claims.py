"""Claims: the firm claims an instalment with evidence, its secretary verifies or returns it."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from applications import uploads
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards.achievement import Settlement
from awards.facts import claim_facts
from awards.models import SETTLED, Claim, ClaimFile, Instalment
from awards.selectors.money import last_verified
from awards.selectors.people import firm_people
from awards.selectors.progress import has_passed
from awards.services.instalment_rows import lock_instalment
from awards.services.settling import Cut, apply_cuts, cut_told, settle_jobs
from awards.wording import amount_text
from notifications.services import Dispatch, notify, notify_all
from secretaries.rules import verifies
from secretaries.selectors.candidates import current_assignment

MOST_FILES = 20
SETTLED_BY = ("jobs_promised", "jobs_achieved", "jobs_payable")
VERIFIED = ("verified_by", "verified_at", "verification")


def _check_turn(instalment: Instalment, by: User) -> None:
    application = instalment.award.application
    if not is_owner(by, application.firm):
        raise NotPermitted(_("Only an owner of the firm claims an instalment."))
    if instalment.award.revoked_at:
        raise WrongState(_("This project was terminated; nothing more is claimed or paid."))
    if application.status not in (Status.AGREED, Status.IN_PROGRESS):
        raise WrongState(_("Both sides sign the agreement first."))
    if instalment.status != "planned":
        raise WrongState(_("This instalment has already been claimed."))
    earlier = Instalment.objects.filter(award=instalment.award, sequence__lt=instalment.sequence)
    if earlier.exclude(status__in=SETTLED).exists():
        raise WrongState(_("The instalment before this one has not been paid yet."))
    before = application.call.rule_set.midterm_before
    if before and instalment.sequence >= before and not has_passed(instalment.award):
        raise WrongState(
            _("By the call's rules this instalment needs a passed mid-term check first.")
        )


def _check_claim(
    instalment: Instalment, invested: Decimal, insured: int, statement: str, files: int
) -> None:
    if invested < 0:
        raise Invalid(_("Enter figures of zero or more."), field="invested")
    if insured < 0:
        raise Invalid(_("Enter figures of zero or more."), field="insured")
    last = last_verified(instalment.award)
    if last is not None and invested < last.invested:
        raise Invalid(
            _("The last verified claim said %(sum)s invested; the total cannot be less now.")
            % {"sum": amount_text(last.invested)},
            field="invested",
        )
    if len(statement.strip()) < 10:
        raise Invalid(_("Describe the progress in at least ten characters."), field="statement")
    if not files:
        raise Invalid(_("Attach at least one piece of evidence."), field="files")
    if files > MOST_FILES:
        raise Invalid(_("Attach at most %(most)s files.") % {"most": MOST_FILES}, field="files")


@transaction.atomic
def claim_instalment(
    *,
    instalment: Instalment,
    invested: Decimal,
    insured: int,
    statement: str,
    files: "Sequence[UploadedFile[Any]]",
    by: User,
) -> Claim:
    """Claim the next instalment: investment so far (yuan), insured headcount, files of evidence."""
    locked = lock_instalment(instalment.pk)
    application = locked.award.application
    _check_turn(locked, by)
    _check_claim(locked, invested, insured, statement, len(files))
    checked = [(f, uploads.check(f)) for f in files]
    claim = Claim.objects.create(
        instalment=locked,
        invested=invested,
        insured=insured,
        statement=statement.strip(),
        claimed_by=by,
        claimed_at=clock.now(),
    )
    for upload, facts in checked:
        _keep(claim, upload, facts)
    locked.status = "claimed"
    locked.save(update_fields=["status"])
    record(
        action="claim.make",
        obj=claim,
        by=by,
        source="planned",
        target="claimed",
        after={
            "application": application.number,
            "sequence": locked.sequence,
            "amount": locked.amount,
            **claim_facts(claim),
        },
        scope=application.call.number,
    )
    assignment = current_assignment(application)
    notify(
        kind="claim.made",
        recipients=[assignment.secretary.user]
        if assignment
        else users_with_role(Role.SECRETARY_LEAD),
        key=f"claim.made:{claim.pk}",
        context={"title": application.title, "sequence": locked.sequence},
        url=f"/claims/{claim.pk}/",
        about=application,
    )
    return claim


def _keep(claim: Claim, upload: "UploadedFile[Any]", facts: uploads.Checked) -> None:
    row = ClaimFile(
        claim=claim,
        name=facts.name,
        size=facts.size,
        content_type=facts.content_type,
        digest=facts.digest,
    )
    upload.seek(0)
    row.file.save(kept_as(claim.pk, facts), upload, save=False)
    row.save()


def kept_as(owner: int, facts: uploads.Checked) -> str:
    """Where a checked upload is kept below its field's folder; never under the name given."""
    return f"{owner}/{uuid.uuid4().hex}-{facts.digest[:16]}.{facts.extension}"


def _lock_claim(claim: Claim, by: User) -> tuple[Claim, Instalment]:
    instalment = lock_instalment(claim.instalment_id)
    if not verifies(by, instalment.award.application, clock.today()):
        raise NotPermitted(_("Only the project's service secretary verifies a claim."))
    locked = Claim.objects.select_for_update().get(pk=claim.pk)
    locked.instalment = instalment
    if instalment.award.revoked_at:
        raise WrongState(_("This project was terminated; nothing more is claimed or paid."))
    if instalment.status != "claimed" or locked.returned_at:
        raise WrongState(_("This claim has already been dealt with."))
    if locked.claimed_by_id == by.pk:
        raise NotPermitted(_("Whoever made the claim may not verify it. Ask a colleague."))
    return locked, instalment


@transaction.atomic
def verify_claim(*, claim: Claim, text: str, by: User) -> Claim:
    """The secretary confirms on site that the claim is true.

    Of the last instalment so much is payable as the jobs achieved leave of it.
    """
    locked, instalment = _lock_claim(claim, by)
    if len(text.strip()) < 10:
        raise Invalid(_("Say what you saw on site, in at least ten characters."), field="text")
    locked.verified_by, locked.verified_at, locked.verification = by, clock.now(), text.strip()
    found = settle_jobs(locked, instalment)
    locked.save(update_fields=[*VERIFIED, *SETTLED_BY])
    told = []
    if found is not None and found.cut:
        cut = Cut(instalment, found.cut, _by_jobs(found))
        apply_cuts(instalment.award, [cut], by, Role.SECRETARY)
        told.append(cut_told(locked, found))
    if instalment.status == "claimed":  # else its jobs left nothing to pay
        instalment.status = "verified"
        instalment.save(update_fields=["status"])
        told.append(_to_enter(locked))
    record(
        action="claim.verify",
        obj=locked,
        by=by,
        role=Role.SECRETARY,
        source="claimed",
        target=instalment.status,
        reason=locked.verification,
        after=claim_facts(locked),
        scope=instalment.award.application.call.number,
    )
    notify_all(told)
    return locked


def _by_jobs(found: Settlement) -> str:
    """What was achieved of what was promised, for the ledger, in no language."""
    return f"{found.achieved}/{found.promised} = {found.percent}%"


def _to_enter(claim: Claim) -> Dispatch:
    instalment = claim.instalment
    return Dispatch(
        kind="claim.verified",
        recipients=users_with_role(Role.FINANCE_OFFICER),
        key=f"claim.verified:{claim.pk}",
        context={
            "title": instalment.award.application.title,
            "sequence": instalment.sequence,
        },
        url="/payments/",
        about=claim,
    )


@transaction.atomic
def return_claim(*, claim: Claim, reason: str, by: User) -> Claim:
    """The secretary returns a claim with the reason; the firm may claim again."""
    locked, instalment = _lock_claim(claim, by)
    if len(reason.strip()) < 10:
        raise Invalid(_("Say what is missing, in at least ten characters."), field="reason")
    locked.returned_by, locked.returned_at, locked.return_reason = by, clock.now(), reason.strip()
    locked.save(update_fields=["returned_by", "returned_at", "return_reason"])
    instalment.status = "planned"
    instalment.save(update_fields=["status"])
    application = instalment.award.application
    record(
        action="claim.return",
        obj=locked,
        by=by,
        role=Role.SECRETARY,
        source="claimed",
        target="returned",
        reason=locked.return_reason,
        after=claim_facts(locked),
        scope=application.call.number,
    )
    notify(
        kind="claim.returned",
        recipients=firm_people(application),
        key=f"claim.returned:{locked.pk}",
        context={
            "title": application.title,
            "sequence": instalment.sequence,
            "reason": locked.return_reason,
        },
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
    return locked
