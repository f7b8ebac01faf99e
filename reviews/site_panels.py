"""The site check's panel on the dossier page: for the office, and for the firm its own."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import has_any_role
from applications.models import Application
from applications.panels import Panel
from applications.rules import acts_for_firm
from reviews.panels import AFTER_RANKING
from reviews.site_rules import READERS


def site_panel(request: HttpRequest, application: Application) -> Panel | None:
    """The checks of the dossier, the newest first, each with its page for this reader."""
    user = request.user
    if not isinstance(user, User) or application.call.status not in AFTER_RANKING:
        return None
    office = has_any_role(user, *READERS)
    if not (office or acts_for_firm(user, application)):
        return None
    name = "reviews:site_check" if office else "reviews:own_site_check"
    rows = [
        {"check": check, "url": reverse(name, args=[check.pk])}
        for check in application.site_checks.order_by("-ordered_at", "-pk")
    ]
    if not rows:
        return None
    return Panel(title=_("Site checks"), template="reviews/site_panel.html", context={"rows": rows})
