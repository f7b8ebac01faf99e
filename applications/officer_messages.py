"""The words of the messages about recommendation and screening; steps by their names."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from notifications import kinds

PROVISIONAL = _(
    " The date is provisional: the holidays of that year have not been published, and it will be "
    "counted again when they are."
)


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    for step in ("return_by_region", "return_by_screening"):
        kinds.register(
            f"application.{step}",
            title=_("%(number)s was returned for correction, due %(due)s"),
            body=ngettext_lazy(
                "Your dossier “%(title)s” was returned with %(count)s point to correct. Please "
                "correct it and submit the dossier again by %(due)s. A correction is asked for "
                "only once at each stage.%(provisional)s",
                "Your dossier “%(title)s” was returned with %(count)s points to correct. Please "
                "correct them and submit it again by %(due)s. A correction is asked for only "
                "once at each stage.%(provisional)s",
                "count",
            ),
            act=True,
        )
    kinds.register(
        "application.lapse",
        title=_("%(number)s has left the review: the correction was not handed in"),
        body=_(
            "The correction of “%(title)s” was due %(due)s and was not handed in. The dossier is "
            "recorded as ineligible."
        ),
    )
    kinds.register(
        "application.recommend",
        title=_("%(number)s was recommended by %(region)s"),
        body=_(
            "“%(title)s” was recommended to the province as number %(rank)s of %(region)s, by "
            "letter %(letter)s. Eligibility screening follows."
        ),
    )
    kinds.register(
        "application.not_recommend",
        title=_("%(number)s was not recommended"),
        body=_("“%(title)s” was not recommended. Reason: %(reason)s"),
    )
    kinds.register(
        "application.declare_eligible",
        title=_("%(number)s passed eligibility screening"),
        body=_("“%(title)s” is eligible and goes to expert review."),
    )
    kinds.register(
        "application.declare_ineligible",
        title=_("%(number)s did not pass eligibility screening"),
        body=_("“%(title)s” was found ineligible. Reason: %(reason)s"),
    )
    kinds.register(
        "call.recommended",
        title=ngettext_lazy(
            "%(region)s recommended %(count)s dossier to %(call)s",
            "%(region)s recommended %(count)s dossiers to %(call)s",
            "count",
        ),
        body=_("Letter %(letter)s. The dossiers wait for eligibility screening."),
        act=True,
    )
