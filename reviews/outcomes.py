"""What became of ranked dossiers: told by an upper app, so that an export can show it beside the
rank.

Registered in the upper app's `AppConfig.ready()`; `reviews` never imports it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from applications.models import Call
from reviews.models import Ranking


@dataclass(frozen=True, slots=True)
class Outcome:
    """`awarded` in yuan, None while nothing is decided; `outcome` is a word of the funding list.

    `quota`: which one passed the dossier over, "" if none did.
    """

    awarded: Decimal | None
    outcome: str
    quota: str = ""


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a call's ranking leads to: the page of the next stage."""

    url: str


Provider = Callable[[Call], Mapping[int, Outcome]]
Way = Callable[[Call], Onward | None]
PassedOver = Callable[[Ranking], Mapping[int, str]]
Check = Callable[[Ranking], Iterator[str]]

_providers: list[Provider] = []
_ways: list[Way] = []
_passed_over: list[PassedOver] = []
_checks: list[Check] = []


def register(provider: Provider) -> None:
    """Ask the provider {application id: Outcome} of a call; what is registered later wins."""
    if provider not in _providers:
        _providers.append(provider)


def register_way(way: Way) -> None:
    """Offer the page that follows a call's ranking."""
    if way not in _ways:
        _ways.append(way)


def register_passed_over(told: PassedOver) -> None:
    """Tell whom the quotas pass over on a ranking, {application id: quota}, decided or not yet."""
    if told not in _passed_over:
        _passed_over.append(told)


def register_check(check: Check) -> None:
    """Offer a line for each thing built on a ranking that does not follow from it."""
    if check not in _checks:
        _checks.append(check)


def passed_over(ranking: Ranking) -> dict[int, str]:
    """Application → the quota that passes it over."""
    return {pk: quota for told in _passed_over for pk, quota in told(ranking).items()}


def differences(ranking: Ranking) -> Iterator[str]:
    """What was built on the ranking and does not follow from it, for a terminal."""
    for check in _checks:
        yield from check(ranking)


def outcomes_of(call: Call) -> dict[int, Outcome]:
    """Everything decided on the call's dossiers so far, by application."""
    return {pk: outcome for provider in _providers for pk, outcome in provider(call).items()}


def way_on(call: Call) -> Onward | None:
    """The page of the next stage, if there is one yet."""
    return next((found for way in _ways if (found := way(call)) is not None), None)
