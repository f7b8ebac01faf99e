"""What became of ranked dossiers: told by an upper app, so that an export can show it beside the
rank.

Registered in the upper app's `AppConfig.ready()`; `reviews` never imports it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from applications.models import Call


@dataclass(frozen=True, slots=True)
class Outcome:
    """`awarded` in yuan, None while nothing is decided; `outcome` is a word of the funding list."""

    awarded: Decimal | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a call's ranking leads to: the page of the next stage."""

    url: str


Provider = Callable[[Call], Mapping[int, Outcome]]
Way = Callable[[Call], Onward | None]

_providers: list[Provider] = []
_ways: list[Way] = []


def register(provider: Provider) -> None:
    """Ask the provider {application id: Outcome} of a call; what is registered later wins."""
    if provider not in _providers:
        _providers.append(provider)


def register_way(way: Way) -> None:
    """Offer the page that follows a call's ranking."""
    if way not in _ways:
        _ways.append(way)


def outcomes_of(call: Call) -> dict[int, Outcome]:
    """Everything decided on the call's dossiers so far, by application."""
    return {pk: outcome for provider in _providers for pk, outcome in provider(call).items()}


def way_on(call: Call) -> Onward | None:
    """The page of the next stage, if there is one yet."""
    return next((found for way in _ways if (found := way(call)) is not None), None)
