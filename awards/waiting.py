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
from awards.models import Objection
from awards.selectors import batches as batch_rows
from awards.selectors import waiting as rows
from awards.wording import amount_text
from calendars.wording import day_of


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person in this app; for a firm's people, those of its owners."""
    items: list[WaitingItem] = []
    if has_role(user, Role.PROGRAMME_OFFICER):
        items += _of_officer(now)
    if has_role(user, Role.APPROVER):
        items += [*_decisions(user), *_objections_above(user, now), *_awards(now)]
    if has_role(user, Role.PROGRAMME_OFFICER) or has_role(user, Role.APPROVER):
        items += _deviations(user)
    if has_role(user, Role.FINANCE_OFFICER):
        items += [
            *_ceilings(user),
            *_carries(user),
            *_payments(user),
            *_batches(user),
            *_allocations(),
        ]
    if has_role(user, Role.SECRETARY):
        items += _claims(user)
    firms = firm_ids(user, Level.OWNER)
    if firms:
        items += _of_firm(firms, now)
    return items


def _of_officer(now: datetime) -> Iterator[WaitingItem]:
    calls = list(rows.calls_for_office(now))
    for call in calls:
        yield from _lists(call)
    for filed in rows.objections_filed():
        yield _objection(filed, now)
    yield from _projects(now)
    for call in calls:
        yield from _lapsed(call)
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


def _deviations(user: User) -> Iterator[WaitingItem]:
    for row in rows.open_deviations(user):
        yield WaitingItem(
            title=_("Settle the deviation: %(title)s") % {"title": row.application.title},
            why=row.reason,
            url=_funding(row.funding_list.call),
        )


def _objections_above(user: User, now: datetime) -> Iterator[WaitingItem]:
    """Objections to answer, to review, or to carry out."""
    row: Any
    for row in rows.objections_above(user, now):
        if row.to_answer:
            yield _objection(row, now)
        elif row.to_review:
            yield _review(row, now)
        else:
            yield WaitingItem(
                title=_("Carry out the answer to objection %(number)s") % {"number": row.number},
                why=_("Upheld; nobody has asked for a review in time."),
                url=reverse("awards:objection", args=[row.pk]),
            )


def _objection(row: Objection, now: datetime) -> WaitingItem:
    return WaitingItem(
        title=_objection_title(row),
        why=_("Against “%(title)s”: %(ground)s")
        % {"title": row.application.title, "ground": row.get_ground_display()},
        url=reverse("awards:objection", args=[row.pk]),
        due=row.due_at,
        late=row.due_at < now,
        provisional=row.provisional,
        working_days=True,
    )


def _review(row: Objection, now: datetime) -> WaitingItem:
    return WaitingItem(
        title=_("Decide on the review of objection %(number)s") % {"number": row.number},
        why=_("Against “%(title)s”, by the minutes of the meeting above.")
        % {"title": row.application.title},
        url=reverse("awards:objection", args=[row.pk]),
        due=row.review.due_at,
        late=row.review.due_at < now,
        provisional=row.review.provisional,
        working_days=True,
    )


def _objection_title(row: Objection) -> str:
    if row.status == "filed":
        return _("Examine objection %(number)s") % {"number": row.number}
    return _("Answer objection %(number)s") % {"number": row.number}


def _projects(now: datetime) -> Iterator[WaitingItem]:
    """Agreements to draw up, to sign for the office; projects to accept."""
    waiting = list(rows.for_office())
    count = sum(row.to_draw_up for row in waiting)  # type: ignore[attr-defined]  # annotated
    if count:
        yield WaitingItem(
            title=_("Draw up the agreements"),
            why=_("Awards whose allocation notice is recorded."),
            url=reverse("awards:agreements"),
            count=count,
        )
    for row in (row for row in waiting if row.to_sign):  # type: ignore[attr-defined]  # annotated
        agreement = row.agreement
        yield WaitingItem(
            title=_("Sign for the office: %(title)s") % {"title": row.application.title},
            why=_("The firm has signed agreement %(number)s.") % {"number": agreement.number},
            url=reverse("awards:agreement", args=[agreement.pk]),
            due=agreement.sign_by,
            late=agreement.sign_by < now,
            provisional=agreement.provisional,
            working_days=True,
        )
    for row in (row for row in waiting if row.to_accept):  # type: ignore[attr-defined]  # annotated
        yield WaitingItem(
            title=_("Accept the project: %(title)s") % {"title": row.application.title},
            why=_("Every instalment is paid."),
            url=reverse("awards:accept", args=[row.pk]),
        )


def _lapsed(call: Any) -> Iterator[WaitingItem]:
    for row in call.lapsed:
        yield WaitingItem(
            title=_("Let the offer lapse: %(title)s") % {"title": row["title"]},
            why=_("The firm has not answered the part offered to it in time."),
            url=reverse("applications:dossier", args=[row["pk"]]),
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


def _ceilings(user: User) -> Iterator[WaitingItem]:
    for row in rows.ceilings(user):
        yield WaitingItem(
            title=_("Confirm the ceiling of %(year)s") % {"year": row.envelope.year},
            why=_("%(sum)s by %(document)s; it needs a second person.")
            % {"sum": amount_text(row.ceiling), "document": row.document_no},
            url=reverse("awards:envelope"),
        )


def _carries(user: User) -> Iterator[WaitingItem]:
    for row in rows.carries(user):
        yield WaitingItem(
            title=_("Confirm what is carried over from %(year)s") % {"year": row.source.year},
            why=_("%(sum)s by %(document)s; it needs a second person.")
            % {"sum": amount_text(row.amount), "document": row.document_no},
            url=reverse("awards:envelope"),
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


def _batches(user: User) -> Iterator[WaitingItem]:
    """Batches to send, and settlements to confirm, of other finance officers."""
    batch: Any
    for batch in batch_rows.for_finance(user):
        if batch.to_send:
            yield WaitingItem(
                title=_("Check and send batch %(number)s") % {"number": batch.number},
                why=_("Formed by a colleague; compare it and send it to the treasury."),
                url=reverse("awards:batch", args=[batch.number]),
            )
        for reason in batch.reasons:
            yield WaitingItem(
                title=_("Confirm a settlement in batch %(number)s") % {"number": batch.number},
                why=reason,
                url=reverse("awards:reconciliation", args=[batch.number]),
            )


def _allocations() -> Iterator[WaitingItem]:
    for call in rows.without_allocation():
        yield WaitingItem(
            title=_("Record the allocation notice: %(call)s") % {"call": call},
            why=_("Awards that no allocation notice covers yet."),
            url=_funding(call),
            count=call.bare,  # type: ignore[attr-defined]  # annotated
        )


def _claims(user: User) -> Iterator[WaitingItem]:
    for row in rows.to_verify(user):
        yield WaitingItem(
            title=_("Verify on site: instalment %(number)s of “%(title)s”")
            % {
                "number": row.instalment.sequence,
                "title": row.instalment.award.application.title,
            },
            why=_("The firm has claimed %(sum)s.") % {"sum": amount_text(row.instalment.amount)},
            url=reverse("awards:claim", args=[row.pk]),
        )


def _of_firm(firms: Collection[int], now: datetime) -> Iterator[WaitingItem]:
    for agreement in rows.to_sign_for_firm(firms):
        yield WaitingItem(
            title=_("Sign the agreement: %(title)s") % {"title": agreement.award.application.title},
            why=_("Check the sum, the targets and the instalments first."),
            url=reverse("awards:agreement", args=[agreement.pk]),
            due=agreement.sign_by,
            late=agreement.sign_by < now,
            provisional=agreement.provisional,
            working_days=True,
        )
    yield from _answers(firms, now)
    for row in rows.to_claim(firms):
        yield WaitingItem(
            title=_("Claim instalment %(number)s: %(title)s")
            % {"number": row.sequence, "title": row.award.application.title},
            why=_("%(sum)s, against evidence verified on site.") % {"sum": amount_text(row.amount)},
            url=reverse("awards:claim_new", args=[row.pk]),
        )


def _answers(firms: Collection[int], now: datetime) -> Iterator[WaitingItem]:
    """Parts offered, and upheld objections of which a review may be asked for."""
    for dossier, title, amount, number, due, provisional in rows.answers_of_firms(firms, now):
        if number:
            what = _("An objection was upheld: %(title)s") % {"title": title}
            why = _("You may ask for one review; without one the project leaves the list.")
        else:
            what = _("Answer the offer: %(title)s") % {"title": title}
            why = _("%(sum)s can be granted, less than was asked for.") % {
                "sum": amount_text(amount)
            }
        yield WaitingItem(
            title=what,
            why=why,
            url=reverse("applications:dossier", args=[dossier]),
            due=due,
            provisional=provisional,
            working_days=True,
            part=number,
        )
