"""变更: a firm asks to change its agreement, an officer decides, above a share the approver."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record_all
from awards.amendment_rule import Change, from_the_last, goes_to_approver, of_figure, of_time
from awards.models import Amendment, Award, Instalment
from awards.rules import require
from awards.selectors.people import firm_people
from awards.selectors.progress import REPORTING, in_force_since
from awards.selectors.terms import AMENDABLE, amount_in_force, approved_terms, target, terms_of
from awards.services.endings import lock_ending
from awards.services.project_acts import entry, told, written
from awards.services.settling import Cut, apply_cuts
from awards.wording import amount_text
from notifications.services import notify_all

PAGE = "amendments"


@transaction.atomic
def propose_amendment(
    *, award: Award, wanted: Mapping[str, Any], reason: str, by: User
) -> Amendment:
    """The firm asks for other terms: `wanted` maps names of `AMENDABLE` targets, `amount` (yuan,
    never more) and `finishes_on` (a day) to what they shall become; what stays is left out."""
    locked, parts = lock_ending(award)
    if not is_owner(by, locked.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm asks for an amendment."))
    if locked.application.status not in REPORTING or in_force_since(locked) is None:
        raise WrongState(_("An amendment follows once the agreement is in force."))
    if Amendment.objects.filter(award=locked, status__in=("proposed", "endorsed")).exists():
        raise WrongState(_("An amendment waits for its decision; the next one follows it."))
    changes = _changes(locked, parts, wanted)
    if not changes:
        raise Invalid(_("Nothing would change. Enter what shall be different."), field="reason")
    share = locked.application.call.rule_set.amendment_percent
    row = Amendment.objects.create(
        award=locked,
        changes=[{**asdict(one), "percent": str(one.percent)} for one in changes],
        reason=written(reason, "reason"),
        to_approver=goes_to_approver(changes, share),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    record_all([entry(row, "amendment.propose", by, target="proposed", why=row.reason)])
    notify_all([told(row, "amendment.proposed", users_with_role(Role.PROGRAMME_OFFICER), PAGE)])
    return row


def _changes(award: Award, parts: list[Instalment], wanted: Mapping[str, Any]) -> list[Change]:
    """What moves, by how much of what the approver agreed to. Raises Invalid at the field."""
    terms, agreed, found = terms_of(award), approved_terms(award), []
    given = {"promised_headcount": Decimal(target(agreed, "baseline_headcount"))}
    for name in AMENDABLE:
        was, value = Decimal(terms["targets"].get(name) or 0), wanted.get(name)
        if value is None or Decimal(value) == was:
            continue
        if value < 0:
            raise Invalid(_("Enter figures of zero or more."), field=name)
        old = Decimal(agreed["targets"].get(name) or 0)
        given_of_it = given.get(name, Decimal(0))
        found.append(of_figure(name, was, Decimal(value), agreed=old, given=given_of_it))
    amount = wanted.get("amount")
    if amount is not None and amount != amount_in_force(award):
        found.append(_less_money(award, parts, amount, Decimal(agreed["amount"])))
    day = wanted.get("finishes_on")
    if day is not None and day.isoformat() != terms.get("finishes_on"):
        found.append(_other_day(award, terms, day, agreed.get("finishes_on") or ""))
    return found


def _less_money(award: Award, parts: list[Instalment], amount: Decimal, agreed: Decimal) -> Change:
    now = amount_in_force(award)
    try:
        from_the_last(_open(parts), now - amount)
    except ValueError:
        least = now - sum(_open(parts), Decimal(0))
        raise Invalid(
            _("From %(least)s, what is paid or claimed already, to %(most)s.")
            % {"least": amount_text(least), "most": amount_text(now)},
            field="amount",
        ) from None
    return of_figure("amount", now, amount, agreed=agreed)


def _open(parts: list[Instalment]) -> list[Decimal]:
    """What is still payable of the instalments that nobody has claimed."""
    return [part.payable if part.status == "planned" else Decimal(0) for part in parts]


def _other_day(award: Award, terms: Mapping[str, Any], day: date, agreed: str) -> Change:
    start = in_force_since(award)
    was = terms.get("finishes_on")
    if start is None or day < start:
        raise Invalid(_("Not before the agreement came into force."), field="finishes_on")
    was_day, old = (date.fromisoformat(one) if one else start for one in (was, agreed))
    return of_time("finishes_on", start, was_day, day, agreed=old)


def _lock(amendment: Amendment) -> tuple[Amendment, list[Instalment]]:
    award, parts = lock_ending(amendment.award)
    row = Amendment.objects.select_for_update().get(pk=amendment.pk)
    row.award = award
    if row.status not in ("proposed", "endorsed"):
        raise WrongState(_("This amendment is decided. Open the page again and check."))
    return row, parts


def _deciding_role(row: Amendment, by: User) -> Role:
    """Whose turn it is: the officer's, and once endorsed the approver's; neither twice the same
    person, whatever roles were given since.
    """
    role = require(by, Role.APPROVER if row.status == "endorsed" else Role.PROGRAMME_OFFICER)
    if by.pk in (row.proposed_by_id, row.endorsed_by_id):
        raise NotPermitted(
            _("Whoever asked for the amendment or endorsed it may not decide. Ask a colleague.")
        )
    return role


@transaction.atomic
def grant_amendment(*, amendment: Amendment, text: str, by: User) -> Amendment:
    """Say yes: above the frozen share an officer's yes passes it on to the approver."""
    row, parts = _lock(amendment)
    role, source, why = _deciding_role(row, by), row.status, written(text, "text")
    if row.to_approver and row.status == "proposed":
        row.status, row.endorsed_by, row.endorsed_at = "endorsed", by, clock.now()
        row.save(update_fields=["status", "endorsed_by", "endorsed_at"])
        event = entry(row, "amendment.endorse", by, role, source=source, target="endorsed", why=why)
        record_all([event])
        notify_all([told(row, "amendment.endorsed", users_with_role(Role.APPROVER), PAGE)])
        return row
    content = _content(row)
    row.version = Amendment.objects.filter(award=row.award, status="granted").count() + 2
    row.content, row.digest = json.loads(canonical(content)), sm3(canonical(content))
    _settle(row, "granted", why, by)
    event = entry(row, "amendment.grant", by, role, source=source, target="granted", why=why)
    record_all([event])
    people = firm_people(row.award.application)
    notify_all([told(row, "amendment.granted", people, PAGE, reason=why)])
    _cut(row, parts, by, role)
    return row


def _content(row: Amendment) -> dict[str, Any]:
    """The terms in force with what is changed."""
    terms = terms_of(row.award)
    targets = dict(terms["targets"])
    for change in row.changes:
        if change["name"] in targets:
            targets[change["name"]] = change["becomes"]
        else:
            terms[change["name"]] = change["becomes"]
    return {**terms, "targets": targets}


def _cut(row: Amendment, parts: list[Instalment], by: User, role: Role) -> None:
    """Less money falls away from what nobody has claimed, the last instalment first."""
    change = next((one for one in row.changes if one["name"] == "amount"), None)
    if change is None:
        return
    less = amount_in_force(row.award) - Decimal(change["becomes"])
    try:
        sums = from_the_last(_open(parts), less)
    except ValueError:
        raise WrongState(
            _("An instalment was claimed meanwhile; the sum can no longer be lowered so far.")
        ) from None
    cuts = [Cut(part, cut, row.reason) for part, cut in zip(parts, sums, strict=True) if cut]
    apply_cuts(row.award, cuts, by, role)


def _settle(row: Amendment, status: str, text: str, by: User) -> None:
    row.status, row.settlement = status, text
    row.settled_by, row.settled_at = by, clock.now()
    row.save()


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, reason: str, by: User) -> Amendment:
    """The firm no longer asks for it, while nobody has decided: the terms stay as they are."""
    row, _parts = _lock(amendment)
    if not is_owner(by, row.award.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm takes an amendment back."))
    source, why = row.status, written(reason, "reason")
    _settle(row, "withdrawn", why, by)
    event = entry(row, "amendment.withdraw", by, source=source, target="withdrawn", why=why)
    record_all([event])
    role = Role.APPROVER if source == "endorsed" else Role.PROGRAMME_OFFICER
    asked = {user.pk: user for user in users_with_role(role)}
    if row.endorsed_by is not None:
        asked[row.endorsed_by.pk] = row.endorsed_by
    notify_all([told(row, "amendment.withdrawn", asked.values(), PAGE, reason=why)])
    return row


@transaction.atomic
def refuse_amendment(*, amendment: Amendment, reason: str, by: User) -> Amendment:
    """Say no, with the reason: the terms stay as they are."""
    row, _parts = _lock(amendment)
    role, source, why = _deciding_role(row, by), row.status, written(reason, "reason")
    _settle(row, "refused", why, by)
    event = entry(row, "amendment.refuse", by, role, source=source, target="refused", why=why)
    record_all([event])
    people = firm_people(row.award.application)
    notify_all([told(row, "amendment.refused", people, PAGE, reason=why)])
    return row
