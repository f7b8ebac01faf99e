"""The words of the messages about money: list, notice, objection, award, agreement, payment."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    _lists()
    _notices()
    _agreements()
    _payments()
    _acceptance()
    _progress()
    _recoveries()
    _amendments()


def _lists() -> None:
    kinds.register(
        "funding.submitted",
        title=_("The funding list of %(call)s waits for your decision"),
        body=_("The proposed funding list of %(call)s has been submitted for decision."),
        act=True,
    )
    kinds.register(
        "funding.approved",
        title=_("The funding list of %(call)s is approved"),
        body=_("The funding list of %(call)s was approved. The public notice can be published."),
        act=True,
    )
    kinds.register(
        "funding.sent_back",
        title=_("The funding list of %(call)s was sent back"),
        body=_("The approver sent the list of %(call)s back: %(note)s"),
        act=True,
    )
    kinds.register(
        "funding.part_offered",
        title=_("A smaller sum is offered for “%(title)s”: %(amount)s"),
        body=_(
            "You asked for %(requested)s; %(amount)s are left in this round. Please say whether"
            " your firm carries the project out with this sum, by %(due)s; no answer counts as"
            " declined."
        ),
        act=True,
    )
    kinds.register(
        "funding.part_agreed",
        title=_("The firm agrees to %(amount)s for “%(title)s”"),
        body=_("The project can be named in the public notice."),
        act=True,
    )
    kinds.register(
        "funding.part_declined",
        title=_("The firm declines %(amount)s for “%(title)s”"),
        body=_(
            "The project has left the list, and the money has gone on by the call's rules. Look"
            " whether a supplementary notice is due."
        ),
    )
    kinds.register(
        "funding.part_lapsed",
        title=_("The offer of %(amount)s for “%(title)s” has lapsed"),
        body=_(
            "Your firm did not answer by the date set, which counts as declined. The project has"
            " left the list of this round."
        ),
    )


def _notices() -> None:
    kinds.register(
        "notice.published",
        title=_("“%(title)s” is on public notice until %(to)s"),
        body=_(
            "Your project “%(title)s” is on public notice from %(from)s to %(to)s. Objections by"
            " real name are accepted in this period."
        ),
    )
    kinds.register(
        "objection.filed",
        title=_("Objection %(number)s against “%(title)s” was filed"),
        body=_(
            "Please examine whether objection %(number)s is admissible; it is answered by"
            " %(due)s. Keep the objector's name secret."
        ),
        act=True,
    )
    kinds.register(
        "objection.accepted",
        title=_("Objection %(number)s is being examined: “%(title)s” is held"),
        body=_(
            "An objection against “%(title)s” was admitted. Only this project is held until the"
            " answer."
        ),
    )
    kinds.register(
        "objection.upheld",
        title=_("Objection %(number)s was upheld: “%(title)s” leaves the list"),
        body=_(
            "After examination the objection against “%(title)s” was upheld. The firm's owner may"
            " ask for one review until %(until)s; without one the project is disqualified."
        ),
        act=True,
    )
    kinds.register(
        "objection.rejected",
        title=_("Objection %(number)s was not upheld: “%(title)s” is released"),
        body=_(
            "After examination the objection against “%(title)s” was not upheld; the project is"
            " released."
        ),
    )
    kinds.register(
        "objection.review_asked",
        title=_("A review of objection %(number)s against “%(title)s” was asked for"),
        body=_(
            "Please bring it before the meeting above; it is decided by %(due)s, by an approver who"
            " had no part in the answer."
        ),
        act=True,
    )
    kinds.register(
        "objection.review_upheld",
        title=_("Review: objection %(number)s against “%(title)s” is upheld"),
        body=_("The decision is final. The project is taken off, or the award is to be ended."),
    )
    kinds.register(
        "objection.review_rejected",
        title=_("Review: objection %(number)s against “%(title)s” is not upheld"),
        body=_("The decision is final. The project goes on."),
    )
    kinds.register(
        "reserve.promoted",
        title=_("“%(title)s” moves up from the reserve list"),
        body=_(
            "A project of %(call)s dropped out; “%(title)s” is next in rank and is proposed for "
            "funding. A supplementary public notice follows."
        ),
    )
    kinds.register(
        "award.decided",
        title=_("“%(title)s” is awarded %(amount)s"),
        body=_(
            "Your project “%(title)s” is awarded %(amount)s. A service secretary is being"
            " appointed."
        ),
    )
    kinds.register(
        "allocation.recorded",
        title=_("The funds for “%(title)s” are allocated by %(number)s"),
        body=_("The allocation notice %(number)s covers “%(title)s”. The agreement follows."),
    )
    kinds.register(
        "award.accepted",
        title=_("“%(title)s” is accepted"),
        body=_("The project was checked against its agreement and accepted: %(text)s"),
    )
    kinds.register(
        "award.terminated",
        title=_("“%(title)s” is terminated"),
        body=_(
            "The project was ended early; %(amount)s that were not paid go back to the envelope."
            " Reason: %(reason)s"
        ),
    )


def _agreements() -> None:
    kinds.register(
        "agreement.drawn_up",
        title=_("Agreement %(number)s waits for your signature"),
        body=_(
            "The agreement for “%(title)s” has been drawn up. Please check its targets and sign by"
            " %(due)s."
        ),
        act=True,
    )
    kinds.register(
        "agreement.in_force",
        title=_("Agreement %(number)s is in force"),
        body=_(
            "Both sides have signed the agreement for “%(title)s”. The first instalment can be"
            " claimed."
        ),
    )
    kinds.register(
        "claim.made",
        title=_("Instalment %(sequence)s of “%(title)s” waits for verification on site"),
        body=_(
            "The firm has claimed instalment %(sequence)s of “%(title)s”. Please verify it on site."
        ),
        act=True,
    )
    kinds.register(
        "claim.returned",
        title=_("The claim of instalment %(sequence)s of “%(title)s” was returned"),
        body=_("Please correct the claim of instalment %(sequence)s: %(reason)s"),
        act=True,
    )
    kinds.register(
        "claim.verified",
        title=_("Instalment %(sequence)s of “%(title)s” can be entered for payment"),
        body=_("The secretary has verified the claim of instalment %(sequence)s of “%(title)s”."),
        act=True,
    )
    kinds.register(
        "award.cut",
        title=_("The last instalment of “%(title)s” is cut to %(payable)s"),
        body=ngettext_lazy(
            "%(achieved)s of the %(promised)s new job promised was verified (%(percent)s%%). By"
            " the call's rules %(planned)s are cut in proportion; %(payable)s will be paid.",
            "%(achieved)s of the %(promised)s new jobs promised were verified (%(percent)s%%). By"
            " the call's rules %(planned)s are cut in proportion; %(payable)s will be paid.",
            "promised",
        ),
    )
    kinds.register(
        "award.forfeited",
        title=_("The last instalment of “%(title)s” is not paid"),
        body=ngettext_lazy(
            "%(achieved)s of the %(promised)s new job promised was verified (%(percent)s%%). By"
            " the call's rules nothing of the %(planned)s is paid.",
            "%(achieved)s of the %(promised)s new jobs promised were verified (%(percent)s%%). By"
            " the call's rules nothing of the %(planned)s is paid.",
            "promised",
        ),
    )


def _payments() -> None:
    kinds.register(
        "payment.entered",
        title=_("Payment of instalment %(sequence)s of “%(title)s” waits for release"),
        body=_("A colleague has entered the payment. Please check it and release it."),
        act=True,
    )
    kinds.register(
        "batch.formed",
        title=_("Batch %(number)s waits to be sent to the treasury"),
        body=ngettext_lazy(
            "A colleague has formed a batch of %(count)s payment. Please check and send it.",
            "A colleague has formed a batch of %(count)s payments. Please check and send it.",
            "count",
        ),
        act=True,
    )
    kinds.register(
        "batch.differs",
        title=ngettext_lazy(
            "The treasury's answer to batch %(number)s differs in %(count)s row",
            "The treasury's answer to batch %(number)s differs in %(count)s rows",
            "count",
        ),
        body=ngettext_lazy(
            "%(right)s payment was recorded. Please settle what does not match.",
            "%(right)s payments were recorded. Please settle what does not match.",
            "right",
        ),
        act=True,
    )
    kinds.register(
        "settlement.proposed",
        title=_("Batch %(number)s: a settlement waits for your confirmation"),
        body=_("A colleague asks: %(kind)s. Please check and confirm or refuse it."),
        act=True,
    )
    kinds.register(
        "payment.paid",
        title=_("Instalment %(sequence)s of “%(title)s” is paid: %(amount)s"),
        body=_(
            "The treasury paid instalment %(sequence)s of “%(title)s”, %(amount)s, voucher"
            " %(voucher)s."
        ),
    )


def _acceptance() -> None:
    kinds.register(
        "acceptance.applied",
        title=_("“%(title)s” is applied for acceptance"),
        body=_(
            "The firm has applied for the acceptance with its audit report. Please evaluate it."
        ),
        act=True,
    )
    kinds.register(
        "acceptance.graded",
        title=_("The acceptance of “%(title)s” waits for a second person"),
        body=_("A colleague has graded the project. Please check the evaluation and settle it."),
        act=True,
    )
    kinds.register(
        "acceptance.returned",
        title=_("The application for acceptance of “%(title)s” was returned"),
        body=_("Please put it right and apply again: %(reason)s"),
        act=True,
    )
    kinds.register(
        "acceptance.sent_back",
        title=_("The evaluation of “%(title)s” was sent back"),
        body=_("The second person does not agree: %(reason)s"),
        act=True,
    )
    kinds.register(
        "acceptance.failed",
        title=_("“%(title)s” was not accepted"),
        body=_("The project was graded poor and is not accepted: %(text)s"),
    )


def _progress() -> None:
    kinds.register(
        "report.submitted",
        title=_("“%(title)s” has reported on quarter %(quarter)s of %(year)s"),
        body=_("Please compare the report with what is there, and confirm or return it."),
        act=True,
    )
    kinds.register(
        "report.returned",
        title=_("The report of “%(title)s” on quarter %(quarter)s of %(year)s was returned"),
        body=_("Please write it again: %(reason)s"),
        act=True,
    )
    kinds.register(
        "mid_term.passed",
        title=_("“%(title)s” has passed the mid-term check"),
        body=_("Checked on %(day)s: %(text)s"),
    )
    kinds.register(
        "mid_term.failed",
        title=_("“%(title)s” has not passed the mid-term check"),
        body=_("Checked on %(day)s, to be put right: %(text)s"),
        act=True,
    )


def _recoveries() -> None:
    kinds.register(
        "recall.issued",
        title=_("“%(title)s” has stood still: please reply by %(due)s"),
        body=_(
            "Nothing has been reported or claimed since %(since)s. By the call's rules the money is"
            " recalled unless your reply shows how the project goes on."
        ),
        act=True,
    )
    kinds.register(
        "recall.replied",
        title=_("The firm of “%(title)s” has replied to the recall"),
        body=_("Please lift the recall, or put the termination forward."),
        act=True,
    )
    kinds.register(
        "recall.lifted",
        title=_("The recall of “%(title)s” is lifted"),
        body=_("The project goes on: %(reason)s"),
    )
    kinds.register(
        "termination.proposed",
        title=_("The termination of “%(title)s” waits for your decision"),
        body=_("An officer has put it forward. Please decide on it."),
        act=True,
    )
    kinds.register(
        "termination.refused",
        title=_("The termination of “%(title)s” was refused"),
        body=_("The approver decided that the project goes on: %(reason)s"),
    )
    kinds.register(
        "termination.withdrawn",
        title=_("The termination of “%(title)s” was taken back"),
        body=_("There is nothing to decide any more; the project goes on: %(reason)s"),
    )
    kinds.register(
        "clawback.ordered",
        title=_("%(amount)s of “%(title)s” are to be paid back by %(due)s"),
        body=_(
            "The project was terminated. Please pay the principal and the interest back to the"
            " treasury; interest runs until the day of payment."
        ),
        act=True,
    )
    kinds.register(
        "repayment.entered",
        title=_("A repayment for “%(title)s” waits for confirmation"),
        body=_("A colleague has entered the receipt. Please compare and confirm it."),
        act=True,
    )
    kinds.register(
        "repayment.confirmed",
        title=_("%(amount)s paid back for “%(title)s” are recorded"),
        body=_("%(left)s are still owed as of that day."),
    )


def _amendments() -> None:
    kinds.register(
        "amendment.proposed",
        title=_("“%(title)s” asks for an amendment of its agreement"),
        body=_("Please look at what shall change, and decide on it."),
        act=True,
    )
    kinds.register(
        "amendment.endorsed",
        title=_("An amendment of “%(title)s” waits for your decision"),
        body=_("It goes above the share that the office decides; an officer has endorsed it."),
        act=True,
    )
    kinds.register(
        "amendment.granted",
        title=_("The amendment of “%(title)s” is granted"),
        body=_("The changed terms are in force: %(reason)s"),
    )
    kinds.register(
        "amendment.refused",
        title=_("The amendment of “%(title)s” is refused"),
        body=_("The terms stay as they are: %(reason)s"),
    )
    kinds.register(
        "amendment.withdrawn",
        title=_("The firm of “%(title)s” has taken its amendment back"),
        body=_("There is nothing to decide any more; the terms stay as they are: %(reason)s"),
    )
