"""What upper apps ask of a call before it is proposed and published (an envelope, a pool …)."""

from collections.abc import Callable, Iterable

from django.utils.functional import Promise

from applications.models import Call

# Yields one sentence, for the officer, for each thing that stands in the way.
OpeningCheck = Callable[[Call], Iterable[str | Promise]]

_checks: list[OpeningCheck] = []


def register(check: OpeningCheck) -> None:
    """Called in an upper app's `AppConfig.ready()`; twice is once."""
    if check not in _checks:
        _checks.append(check)


def obstacles(call: Call) -> list[str | Promise]:
    """Everything the upper apps object to, in the order of registration."""
    return [sentence for check in _checks for sentence in check(call)]
