"""The acts that wait about projects and documents, put into words; `awards.selectors.acts` asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.waiting import WaitingItem
from awards.models import GROUNDS, Objection
from awards.selectors.acts import Act
from awards.wording import amount_text

AGAINST: Mapping[str, Any] = dict(Objection._meta.get_field("ground").flatchoices)


@dataclass(frozen=True, slots=True)
class Kind:
    """How an act is called, why it waits, and the page where it is done, which is found `by` a
    field of it. `title` and `why` have placeholders for its fields and for `sum`; `names` are those
    of its words. Acts of a kind that is `counted` are one item; those of one `apart` are told from
    others of their page by their number.
    """

    page: str
    title: Promise | str
    why: Promise | str
    by: Literal["page", "number", ""] = "page"
    names: Mapping[str, Any] = field(default_factory=dict)
    counted: bool = False
    apart: bool = False


KINDS: Mapping[str, Kind] = {
    # of the office
    "draw_up": Kind(
        "awards:agreements",
        _("Draw up the agreements"),
        _("Awards whose allocation notice is recorded."),
        by="",
        counted=True,
    ),
    "sign_for_office": Kind(
        "awards:agreement",
        _("Sign for the office: %(title)s"),
        _("The firm has signed agreement %(number)s."),
    ),
    "examine": Kind(
        "awards:objection",
        _("Examine objection %(number)s"),
        _("Against “%(title)s”: %(words)s"),
        names=AGAINST,
    ),
    "answer": Kind(
        "awards:objection",
        _("Answer objection %(number)s"),
        _("Against “%(title)s”: %(words)s"),
        names=AGAINST,
    ),
    "deviate": Kind(
        "awards:funding", _("Settle the deviation: %(title)s"), "%(words)s", by="number"
    ),
    "lapse": Kind(
        "applications:dossier",
        _("Let the offer lapse: %(title)s"),
        _("The firm has not answered the part offered to it in time."),
    ),
    "review": Kind(
        "awards:objection",
        _("Decide on the review of objection %(number)s"),
        _("Against “%(title)s”, by the minutes of the meeting above."),
    ),
    "carry_out": Kind(
        "awards:objection",
        _("Carry out the answer to objection %(number)s"),
        _("Upheld; nobody has asked for a review in time."),
    ),
    "grade": Kind(
        "awards:acceptance",
        _("Evaluate the project: %(title)s"),
        _("The firm applied for the acceptance."),
    ),
    "settle_acceptance": Kind(
        "awards:acceptance",
        _("Settle the acceptance: %(title)s"),
        _("A colleague has graded it; it needs a second person."),
    ),
    "amend_proposed": Kind(
        "awards:amendments",
        _("Decide on the amendment: %(title)s"),
        _("The firm asks for other terms."),
    ),
    "amend_endorsed": Kind(
        "awards:amendments",
        _("Decide on the amendment: %(title)s"),
        _("An officer has endorsed it."),
    ),
    "recall_replied": Kind(
        "awards:ending", _("Settle the recall: %(title)s"), _("The firm has replied.")
    ),
    "recall_over": Kind(
        "awards:ending", _("Settle the recall: %(title)s"), _("The firm has not replied in time.")
    ),
    "terminate": Kind(
        "awards:ending",
        _("Decide on the termination: %(title)s"),
        "%(words)s",
        names=GROUNDS,
    ),
    "confirm_report": Kind(
        "awards:progress",
        _("Confirm the quarterly report: %(title)s"),
        _("Quarter %(number)s of %(words)s."),
    ),
    "mid_term": Kind(
        "awards:progress",
        _("Make the mid-term check: %(title)s"),
        _("Instalment %(number)s cannot be claimed until it is passed."),
    ),
    "verify": Kind(
        "awards:claim",
        _("Verify on site: instalment %(number)s of “%(title)s”"),
        _("The firm has claimed %(sum)s."),
    ),
    # of the finance department
    "ceiling": Kind(
        "awards:envelope",
        _("Confirm the ceiling of %(words)s"),
        _("%(sum)s by %(number)s; it needs a second person."),
        by="",
    ),
    "carry": Kind(
        "awards:envelope",
        _("Confirm what is carried over from %(words)s"),
        _("%(sum)s by %(number)s; it needs a second person."),
        by="",
    ),
    "order_clawback": Kind(
        "awards:clawback",
        _("Order the money back: %(title)s"),
        _("%(sum)s were decided with the termination."),
    ),
    "confirm_repayment": Kind(
        "awards:clawback",
        _("Confirm the repayment: %(title)s"),
        _("%(sum)s by receipt %(number)s; it needs a second person."),
    ),
    "send_batch": Kind(
        "awards:batch",
        _("Check and send batch %(number)s"),
        _("Formed by a colleague; compare it and send it to the treasury."),
        by="number",
    ),
    "reconcile": Kind(
        "awards:reconciliation",
        _("Reconcile batch %(number)s"),
        _("Rows of the treasury's answer that do not match: %(words)s."),
        by="number",
    ),
    "confirm_settlement": Kind(
        "awards:reconciliation",
        _("Confirm a settlement in batch %(number)s"),
        "%(words)s",
        by="number",
    ),
    # of the firm
    "sign_for_firm": Kind(
        "awards:agreement",
        _("Sign the agreement: %(title)s"),
        _("Check the sum, the targets and the instalments first."),
    ),
    "answer_offer": Kind(
        "applications:dossier",
        _("Answer the offer: %(title)s"),
        _("%(sum)s can be granted, less than was asked for."),
    ),
    "ask_review": Kind(
        "applications:dossier",
        _("An objection was upheld: %(title)s"),
        _("You may ask for one review; without one the project leaves the list."),
        apart=True,
    ),
    "claim": Kind(
        "awards:claim_new",
        _("Claim instalment %(number)s: %(title)s"),
        _("%(sum)s, against evidence verified on site."),
    ),
    "claim_again": Kind(
        "awards:claim_new",
        _("Claim instalment %(number)s: %(title)s"),
        _("The secretary returned the claim: %(words)s"),
    ),
    "report": Kind(
        "awards:progress",
        _("Report on the quarter: %(title)s"),
        _("Quarter %(number)s of %(words)s."),
    ),
    "reply": Kind(
        "awards:ending", _("Reply to the recall: %(title)s"), _("The project has stood still.")
    ),
    "pay_back": Kind(
        "awards:clawback",
        _("Pay back: %(title)s"),
        _("Money of the project was clawed back; interest runs."),
    ),
    "apply": Kind(
        "awards:acceptance",
        _("Apply for the acceptance: %(title)s"),
        _("Every instalment is settled; the audit report is needed."),
    ),
}


def items(acts: Iterable[Act], now: datetime) -> Iterator[WaitingItem]:
    """The acts as the workbench shows them; their time limits are in working days, and one that is
    provisional makes nothing late."""
    counted: dict[str, WaitingItem] = {}
    for act in acts:
        item = _item(KINDS[act.kind], act, now)
        if not KINDS[act.kind].counted:
            yield item
        elif act.kind in counted:
            counted[act.kind] = replace(item, count=counted[act.kind].count + 1)
        else:
            counted[act.kind] = item
    yield from counted.values()


def _item(kind: Kind, act: Act, now: datetime) -> WaitingItem:
    told = asdict(act) | {"words": kind.names.get(act.words, act.words)}
    if act.amount is not None:
        told["sum"] = amount_text(act.amount)
    return WaitingItem(
        title=str(kind.title) % told,
        why=str(kind.why) % told,
        url=reverse(kind.page, args=[getattr(act, kind.by)] if kind.by else None),
        due=act.due,
        late=act.due is not None and act.due < now and not act.provisional,
        provisional=act.provisional,
        working_days=act.due is not None,
        part=act.number if kind.apart else "",
    )
