"""Eligibility screening (形式审查): checks, a yes or no to every item, the verdict."""

from datetime import date
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications import rules
from applications.models import (
    Application,
    CheckFinding,
    CorrectionRequest,
    Recommendation,
    RegionalCheck,
    Screening,
    Submission,
)
from applications.models.screening import Stage
from applications.selectors.recommendation import latest_submission
from applications.services import checks, lifecycle
from applications.workflow import Status
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, WrongState
from audit.services import record
from calendars.wording import day_of

MIN_REASON, MAX_REASON = 4, 1000
FOUND_ANEW = ("severity", "details", "found_at", "answer", "answered_by", "answered_at")
STEPS = {"eligible": "declare_eligible", "ineligible": "declare_ineligible"}


class Item(TypedDict):
    """An answer to one item of the call's list: ok None while it is undecided."""

    ok: bool | None
    reason: str


@transaction.atomic
def run_checks(*, application: Application, by: User | None = None) -> list[CheckFinding]:
    """Look for duplicates and credit records and keep what is found, the answers with it.

    `by=None`: the system, right after the recommendation. What is no longer found is dropped;
    the event keeps what each run showed.
    """
    locked = lifecycle.lock(application)
    if by is not None:
        _screener(locked, by)
    if locked.status != Status.RECOMMENDED:
        raise WrongState(_("The checks run while a dossier is in eligibility screening."))
    now, found = clock.now(), checks.find(locked, clock.today())
    kept = {(f.kind, f.code): f for f in locked.findings.all()}
    new, other = [], []
    for item in found:
        row = kept.pop((item.kind, item.code), None)
        facts = {"severity": item.severity, "details": item.details, "found_at": now}
        if row is None:
            new.append(CheckFinding(application=locked, kind=item.kind, code=item.code, **facts))
        elif (row.severity, row.details) != (item.severity, item.details):
            row.severity, row.details, row.found_at = item.severity, item.details, now
            row.answer, row.answered_by, row.answered_at = "", None, None
            other.append(row)
    CheckFinding.objects.bulk_create(new)
    CheckFinding.objects.bulk_update(other, FOUND_ANEW)
    CheckFinding.objects.filter(pk__in=[row.pk for row in kept.values()]).delete()
    record(
        action="screening.check",
        obj=locked,
        by=by,
        after={"found": [[f.kind, f.code, f.severity] for f in found]},
        scope=locked.call.number,
    )
    return list(locked.findings.order_by("kind", "code"))


@transaction.atomic
def answer_finding(*, finding: CheckFinding, answer: str, by: User) -> CheckFinding:
    """Write why a finding does not stand in the way (or that it does)."""
    locked = lifecycle.lock(finding.application)
    _screener(locked, by)
    _in_screening(locked)
    row = CheckFinding.objects.select_for_update().filter(pk=finding.pk).first()
    if row is None:
        raise WrongState(_("This finding is gone: the checks have run again."))
    before = row.answer
    row.answer, row.answered_by, row.answered_at = _text(answer, "answer"), by, clock.now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(
        action="screening.answer",
        obj=locked,
        by=by,
        before={"finding": row.code, "answer": before},
        after={"finding": row.code, "answer": row.answer},
        scope=locked.call.number,
    )
    return row


@transaction.atomic
def save_screening(
    *, application: Application, items: dict[str, Item], by: User, version: int | None = None
) -> Screening:
    """Keep the answers so far; `version` is that of the page they were typed on (0: none yet).

    A no needs its reason. Answers may be left open until the verdict. Refuses items the call's
    list does not have, and Conflict when somebody else saved meanwhile.
    """
    locked = lifecycle.lock(application)
    _screener(locked, by)
    _in_screening(locked)
    kept = _checked(locked, items)
    old = Screening.objects.select_for_update().filter(application=locked).first()
    if version is not None and version != (old.version if old else 0):
        raise Conflict(
            _(
                "Another officer saved this screening meanwhile. Below is what you typed; open the "
                "page again to see theirs. Nothing was overwritten."
            )
        )
    now = clock.now()
    latest = _latest(locked)
    if old is None:
        row = Screening.objects.create(
            application=locked, submission=latest, items=kept, screened_by=by, screened_at=now
        )
    else:
        row = Screening.objects.get(pk=old.pk)
        row.submission, row.items, row.version = latest, kept, old.version + 1
        row.screened_by, row.screened_at = by, now
        row.save()
    record(
        action="screening.save",
        obj=locked,
        by=by,
        before={"items": old.items} if old else None,
        after={"items": kept, "version": row.version},
        scope=locked.call.number,
    )
    return row


@transaction.atomic
def declare(*, application: Application, verdict: str, by: User) -> Screening:
    """Declare a dossier eligible (every item yes, no unanswered veto) or ineligible (a no).

    Refuses whoever recommended or checked it for the region, an unfinished list, a list for an
    earlier version, findings that appeared since the checks last ran, and any other state:
    of two officers at the same instant, one is told that it is done.
    """
    step = STEPS.get(verdict)
    if step is None:
        raise Invalid(_("Choose eligible or ineligible."), "verdict")
    locked = lifecycle.lock(application)
    _screener(locked, by)
    _in_screening(locked)
    rows = Screening.objects.select_for_update().filter(application=locked)
    row = rows.annotate(latest=latest_submission("application")).first()
    if row is None or row.submission_id != row.latest:
        raise WrongState(
            _("The list has not been answered for the present version of the dossier. Answer it.")
        )
    now = clock.now()
    reason = _verdict_reason(locked, row, verdict, day_of(now))
    row.verdict, row.declared_by, row.declared_at = verdict, by, now
    row.save(update_fields=["verdict", "declared_by", "declared_at"])
    after = {"items": row.items, "version": row.version}
    move = lifecycle.Move(application=locked, step=step, reason=reason, after=after)
    lifecycle.tell_firms(lifecycle.advance_held([move], by=by))
    return row


def _verdict_reason(application: Application, row: Screening, verdict: str, today: date) -> str:
    """The reason that goes with the verdict; refuses a verdict the answers do not carry."""
    codes = [item["code"] for item in application.call.screening_items]
    open_items = [c for c in codes if row.items.get(c, {}).get("ok") is None]
    if open_items:
        raise WrongState(
            ngettext_lazy(
                "%(count)s item is still open. Answer yes or no to every one.",
                "%(count)s items are still open. Answer yes or no to every one.",
                len(open_items),
            )
            % {"count": len(open_items)}
        )
    refused = [c for c in codes if not row.items[c]["ok"]]
    if verdict == "ineligible":
        if not refused:
            raise Invalid(
                _("Every item is answered yes: an ineligible dossier needs a no with its reason."),
                "verdict",
            )
        return "\n".join(row.items[c]["reason"] for c in refused)
    if refused:
        raise Invalid(
            ngettext_lazy(
                "%(count)s item is answered no: the dossier cannot be eligible.",
                "%(count)s items are answered no: the dossier cannot be eligible.",
                len(refused),
            )
            % {"count": len(refused)},
            "verdict",
        )
    _no_open_veto(application, today)
    return ""


def _no_open_veto(application: Application, today: date) -> None:
    kept = {(f.kind, f.code, f.severity): f for f in application.findings.all()}
    now = checks.find(application, today)
    if any((f.kind, f.code, f.severity) not in kept for f in now if f.severity != checks.INFO):
        raise WrongState(_("The checks now find something new. Run them again and look at it."))
    unanswered = [
        f
        for f in now
        if f.severity == checks.VETO and not kept[(f.kind, f.code, f.severity)].answer
    ]
    if unanswered:
        raise WrongState(
            ngettext_lazy(
                "%(count)s finding of the checks bars eligibility. Write why it does not stand "
                "in the way, or answer the item no.",
                "%(count)s findings of the checks bar eligibility. Write for each why it does "
                "not stand in the way, or answer the item no.",
                len(unanswered),
            )
            % {"count": len(unanswered)}
        )


def _screener(application: Application, by: User) -> None:
    """A programme officer who had no part in the region's recommendation."""
    rules.require_sight(by, application)
    if not has_role(by, Role.PROGRAMME_OFFICER):
        raise NotPermitted(_("Only a programme officer screens dossiers."))
    if by.pk in recommenders(application):
        raise NotPermitted(
            _("You took part in this dossier's recommendation. Another officer must screen it.")
        )


def recommenders(application: Application) -> frozenset[int]:
    """Keys of the people who checked, returned or recommended the dossier for its region; one
    query."""
    of_it = {"application": application}
    returned = CorrectionRequest.objects.filter(**of_it, stage=Stage.REGION).order_by()
    people = returned.values_list("requested_by_id").union(
        RegionalCheck.objects.filter(**of_it).order_by().values_list("checked_by_id"),
        Recommendation.objects.filter(**of_it).order_by().values_list("recommended_by_id"),
    )
    return frozenset(pk for (pk,) in people)


def _in_screening(application: Application) -> None:
    if application.status != Status.RECOMMENDED:
        raise WrongState(
            _("This dossier is not in eligibility screening any more. Open the page again.")
        )


def _latest(application: Application) -> Submission:
    return application.submissions.latest("version")


def _checked(application: Application, items: dict[str, Item]) -> dict[str, Item]:
    codes = [item["code"] for item in application.call.screening_items]
    if unknown := set(items) - set(codes):
        raise Invalid(
            _("The call's list has no item %(code)s.") % {"code": ", ".join(sorted(unknown))}
        )
    kept: dict[str, Item] = {}
    for code in codes:
        item = items.get(code)
        if item is None or item["ok"] is None:
            kept[code] = Item(ok=None, reason=(item or {"reason": ""})["reason"].strip())
        elif item["ok"]:
            kept[code] = Item(ok=True, reason=item["reason"].strip()[:MAX_REASON])
        else:
            kept[code] = Item(ok=False, reason=_text(item["reason"], f"reason_{code}"))
    return kept


def _text(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_REASON <= len(kept) <= MAX_REASON:
        raise Invalid(_("Give the reason, from 4 to 1,000 characters."), field)
    return kept
