"""Parts of the handover page that upper apps fill: award, instalments. Registered in `ready()`."""

from accounts.http import PageRequest
from applications.models import Application
from applications.panels import Panel, Provider

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Show what the provider gives on the handover page. None shows nothing."""
    if provider not in _providers:
        _providers.append(provider)


def collect(request: PageRequest, application: Application) -> list[Panel]:
    panels = (provider(request, application) for provider in _providers)
    return [panel for panel in panels if panel is not None]
