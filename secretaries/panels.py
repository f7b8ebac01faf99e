"""The service secretary's panel on the dossier page."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications.models import Application
from applications.panels import Panel
from applications.workflow import Status
from secretaries import rules
from secretaries.models import RequestStatus
from secretaries.selectors.candidates import current_assignment


def service_panel(request: HttpRequest, application: Application) -> Panel | None:
    """Who serves the project, how many requests run; from the award on."""
    if Status(application.status) not in rules.KNOWN:
        return None
    assignment = current_assignment(application)
    running = application.requests.exclude(status=RequestStatus.CLOSED).count()
    return Panel(
        title=_("Service secretary"),
        template="secretaries/panel.html",
        context={"assignment": assignment, "running": running, "application": application},
    )
