"""Places on the dossier's pages that upper apps fill: panels, points of formula leaves, next steps.

Registered in an upper app's `AppConfig.ready()`; `applications` never imports those apps.
"""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from accounts.http import PageRequest
from applications.figures import Figures
from applications.models import Application


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the dossier page: heading, template, and the values the template reads."""

    title: str | Promise
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Points:
    """What a formula leaf gives for the figures typed so far, shown beside them."""

    leaf: str
    fields: tuple[str, ...]  # the figures it is computed from
    score: Decimal
    most: Decimal
    working: str = ""


Provider = Callable[[PageRequest, Application], Panel | None]
PointsProvider = Callable[[Application, Figures], Iterable[Points]]


@dataclass(order=True, frozen=True, slots=True)
class _Registered:
    order: int
    provider: Provider = field(compare=False)


_providers: list[_Registered] = []
_points: list[PointsProvider] = []


def register(order: int, provider: Provider) -> None:
    """Show what the provider gives among the panels, lower `order` first. None shows nothing."""
    if all(known.provider is not provider for known in _providers):
        insort(_providers, _Registered(order, provider))


def register_points(provider: PointsProvider) -> None:
    """Ask the provider for the points of formula leaves while a dossier is filled in."""
    if provider not in _points:
        _points.append(provider)


def has_points() -> bool:
    return bool(_points)


def collect(request: PageRequest, application: Application) -> list[Panel]:
    """The panels this reader gets, in order."""
    panels = (known.provider(request, application) for known in _providers)
    return [panel for panel in panels if panel is not None]


def points_for(application: Application, figures: Figures) -> list[Points]:
    """Points of the formula leaves at these figures."""
    return [points for provider in _points for points in provider(application, figures)]
