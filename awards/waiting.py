"""What waits for officers, approvers, finance officers, secretaries and firms about the money."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.rules import firm_ids, has_role
from accounts.waiting import WaitingItem
from applications.models import Call, CallStatus
from awards import waiting_acts
from awards.selectors import acts, firm_acts, office_acts
from awards.selectors import waiting as rows
from awards.selectors.owed import owed_by_firms
from calendars.wording import day_of


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person in this app; for a firm's people, those of its owners."""
    items: list[WaitingItem] = []
    if has_role(user, Role.PROGRAMME_OFFICER):
        items += _of_officer()
    if has_role(user, Role.APPROVER):
        items += [*_decisions(user), *_awards(now)]
    if has_role(user, Role.FINANCE_OFFICER):
        items += [*_payments(user), *_allocations()]
    firms = firm_ids(user, Level.OWNER)
    found = acts.ask(_asked(user, firms, now))
    if firms:
        found += owed_by_firms(firms, now)
    return [*items, *waiting_acts.items(found, now)]


def _asked(user: User, firms: Collection[int], now: datetime) -> Iterator[acts.Rows]:
    """About which projects and documents something waits for a person of these roles and firms."""
    officer, approver = (has_role(user, r) for r in (Role.PROGRAMME_OFFICER, Role.APPROVER))
    if officer:
        yield from office_acts.of_officer(now)
        yield from office_acts.recalls(now)
        yield from (office_acts.to_grade(), office_acts.amendments(user, "proposed"))
    if approver:
        yield from office_acts.of_approver(user, now)
        yield office_acts.amendments(user, "endorsed")
    if officer or approver:
        yield from (office_acts.deviations(user), office_acts.graded(user))
    if officer or has_role(user, Role.SECRETARY):
        yield office_acts.reports(user, every=officer)
        yield office_acts.checks(user, every=officer)
    if has_role(user, Role.SECRETARY):
        yield office_acts.claims(user)
    if has_role(user, Role.FINANCE_OFFICER):
        yield from office_acts.of_finance(user)
    if firms:
        yield from firm_acts.of_firms(firms, now)


def _of_officer() -> Iterator[WaitingItem]:
    calls = list(rows.calls_for_office())
    for call in calls:
        yield from _lists(call)
    for call in calls:
        yield from _to_close(call)


def _funding(call: Call) -> str:
    return reverse("awards:funding", args=[call.number])


def _lists(call: Any) -> Iterator[WaitingItem]:
    """The list of a ranked call: to be drawn or submitted; of a decided one: to go on notice."""
    if call.status == CallStatus.RANKED and call.list_status in (None, "sent_back"):
        yield WaitingItem(
            title=_("Draw the funding line: %(call)s") % {"call": call},
            why=_("The approver sent the list back: %(note)s") % {"note": call.list_note}
            if call.list_status
            else _("The ranking stands."),
            url=_funding(call),
        )
    elif call.status == CallStatus.RANKED and call.list_status == "draft":
        yield WaitingItem(
            title=_("Submit the funding list for decision: %(call)s") % {"call": call},
            why=_("The line is drawn; every deviation must be settled first."),
            url=_funding(call),
        )
    elif call.status != CallStatus.RANKED and call.ready:
        yield WaitingItem(
            title=_("Publish the public notice: %(call)s") % {"call": call},
            why=_("Projects proposed for funding and not yet on public notice."),
            url=_funding(call),
            count=call.ready,
        )


def _to_close(call: Any) -> Iterator[WaitingItem]:
    if call.status == CallStatus.AWARDED and call.settled:
        yield WaitingItem(
            title=_("Close the call: %(call)s") % {"call": call},
            why=_("Every project is settled; close the reserve list first, then the call.")
            if call.reserve
            else _("Every project is settled."),
            url=_funding(call),
        )


def _decisions(user: User) -> Iterator[WaitingItem]:
    for row in rows.to_decide(user):
        yield WaitingItem(
            title=_("Decide on the funding list: %(call)s") % {"call": row.call},
            why=_("Submitted for decision."),
            url=_funding(row.call),
        )


def _awards(now: datetime) -> Iterator[WaitingItem]:
    for call in rows.ripe_calls(day_of(now)):
        yield WaitingItem(
            title=_("Award: %(call)s") % {"call": call},
            why=_("The notice period has passed without an open objection."),
            url=_funding(call),
            count=call.ripe,  # type: ignore[attr-defined]  # annotated
        )


def _payments(user: User) -> Iterator[WaitingItem]:
    words: dict[str, tuple[Any, Any]] = {
        "verified": (_("Enter payments"), _("Claims verified by the service secretaries.")),
        "entered": (_("Release payments"), _("Entered by a colleague; compare and release.")),
        "released": (_("Record vouchers"), _("Released; record what the treasury has paid.")),
    }
    counts = rows.payments_by_state(user)
    for state, (title, why) in words.items():
        if counts.get(state):
            yield WaitingItem(
                title=title,
                why=why,
                url=f"{reverse('awards:payments')}?state={state}",
                count=counts[state],
            )


def _allocations() -> Iterator[WaitingItem]:
    for call in rows.without_allocation():
        yield WaitingItem(
            title=_("Record the allocation notice: %(call)s") % {"call": call},
            why=_("Awards that no allocation notice covers yet."),
            url=_funding(call),
            count=call.bare,  # type: ignore[attr-defined]  # annotated
        )
