"""The words of the messages about site checks."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register_all() -> None:
    """Make the kinds known; called once from `AppConfig.ready()`."""
    kinds.register(
        "sitecheck.ordered",
        title=_("You check dossier %(number)s on the spot on %(day)s"),
        body=_(
            "Take the page of the check with you: it has every figure of the dossier. Record what "
            "you find there, with a file for whatever differs; another checker confirms it. Keep "
            "the check to yourself."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.announced",
        title=_("Your project “%(title)s” is checked on the spot on %(day)s"),
        body=_(
            "At least two people come to compare the figures of the dossier with what they find. "
            "Please have the originals at hand: accounts, contracts, permits, insurance lists. "
            "You will read here what was found, and can state your view."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.to_confirm",
        title=_("The finding on dossier %(number)s waits for the second checker"),
        body=_(
            "A colleague has recorded what was found. Compare it with the files. Where it differs "
            "from the dossier the firm may state its view until %(due)s; confirm after that."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.found",
        title=_("What was found at “%(title)s” differs from your dossier"),
        body=_(
            "Read what was found and state your view by %(due)s if you do not agree. After that a "
            "second checker confirms the finding, and the points by formula are computed anew."
        ),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.viewed",
        title=_("The firm has stated its view on the check of dossier %(number)s"),
        body=_("Read it; then confirm the finding or send it back."),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.returned",
        title=_("Your finding on dossier %(number)s was sent back"),
        body=_("Reason: %(reason)s. Please look again and record it anew."),
        act=True,
        secret=True,
    )
    kinds.register(
        "sitecheck.confirmed",
        title=_("The site check of “%(title)s” is confirmed"),
        body=_("You can read what stands of it on the page of the check."),
        secret=True,
    )
    kinds.register(
        "sitecheck.rank_again",
        title=_("%(call)s: figures of dossier %(number)s were corrected; rank again"),
        body=_(
            "A site check is confirmed and differs from the dossier. The funding list waits for a "
            "ranking that has taken it in."
        ),
        act=True,
        secret=True,
    )
