"""The words of every message this app's firms, counties and officers get."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import register


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    _of_the_firm()
    _of_the_offices()
    _of_calls()
    _of_credit()


def _of_the_firm() -> None:
    register(
        "application.submit",
        title=_("Application received, receipt number %(receipt)s"),
        body=_("“%(title)s” was received. Digest (SM3): %(digest)s. Keep the receipt."),
    )
    register(
        "application.resubmit_to_region",
        title=_("Correction received, receipt number %(receipt)s"),
        body=_("The corrected version of “%(title)s” is with the region again."),
    )
    register(
        "application.resubmit_to_screening",
        title=_("Correction received, receipt number %(receipt)s"),
        body=_("The corrected version of “%(title)s” is in the eligibility screening again."),
    )
    register(
        "application.start_review",
        title=_("%(number)s is under expert review"),
        body=_("Results of “%(title)s” will be published by public notice."),
    )
    register(
        "application.shortlist",
        title=_("%(number)s is shortlisted for the hearing"),
        body=_(
            "“%(title)s” comes to the hearing. Its place in the order was drawn by lot; day, place "
            "and hour follow, each firm's own."
        ),
    )
    register(
        "application.leave_off_shortlist",
        title=_("%(number)s is not shortlisted for the hearing"),
        body=_("“%(title)s” does not go on in this call. Reason: %(reason)s"),
    )
    register(
        "application.terminate",
        title=_("%(number)s was terminated"),
        body=_("The support for “%(title)s” was terminated. Reason: %(reason)s"),
    )
    register(
        "application.complete",
        title=_("%(number)s was accepted as completed"),
        body=_("“%(title)s” is completed; every instalment is settled."),
    )


def _of_the_offices() -> None:
    register(
        "application.arrived",
        title=_("%(number)s arrived from %(firm)s"),
        body=_("“%(title)s” waits for the region's check."),
        act=True,
    )
    register(
        "application.corrected",
        title=_("%(number)s came back corrected"),
        body=_("%(firm)s corrected “%(title)s”. The screening goes on with version %(receipt)s."),
        act=True,
    )
    register(
        "application.withdrawn",
        title=_("%(number)s was withdrawn by %(firm)s"),
        body=_("“%(title)s” was withdrawn. Reason: %(reason)s"),
    )


def _of_calls() -> None:
    register(
        "call.proposed",
        title=_("Call %(call)s waits for a second person"),
        body=_(
            "%(name)s proposed the call for publication. Check it and publish it, or send it back."
        ),
        act=True,
    )
    register(
        "call.sent_back",
        title=_("Call %(call)s was sent back"),
        body=_("%(name)s sent the call back: %(reason)s"),
        act=True,
    )
    register(
        "call.published",
        title=_("Call %(call)s was published"),
        body=_("The call is published word for word and can be read by everybody."),
    )


def _of_credit() -> None:
    register(
        "credit.recorded",
        title=_("A record was entered into your firm's credit record"),
        body=_("Of project %(source)s: %(text)s. You may object to it once."),
    )
    register(
        "credit.objected",
        title=_("A firm objects to its credit record"),
        body=_("Of project %(source)s: %(text)s. Please decide on the objection."),
        act=True,
    )
    register(
        "credit.decided",
        title=_("Your objection to the credit record was decided"),
        body=_("Of project %(source)s: %(answer)s"),
    )
