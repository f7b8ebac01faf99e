"""The service secretary's panel on the dossier page."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from applications.models import Application
from applications.panels import Panel
from applications.workflow import Status
from secretaries import rules
from secretaries.selectors.candidates import current_with_requests


def service_panel(request: HttpRequest, application: Application) -> Panel | None:
    """Who serves the project, how many requests run; from the award on."""
    if Status(application.status) not in rules.KNOWN:
        return None
    assignment, running = current_with_requests(application)
    return Panel(
        title=_("Service secretary"),
        template="secretaries/panel.html",
        context={
            "assignment": assignment,
            "running": running,
            "application": application,
            "opens": rules.reads_service(request.user, application),
        },
    )
