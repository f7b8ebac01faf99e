"""Witnesses: business rows that must agree with what the log says of them.

An app registers a check in its `AppConfig.ready()`; verification runs all of them. A row that
was altered, added or removed behind the application's back no longer agrees with the last
event about it, and is named.
"""

from collections.abc import Callable, Iterable

Check = Callable[[], Iterable[str]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Run `check` with every verification; it yields one line for each row that disagrees."""
    if _checks.get(name, check) is not check:
        raise ValueError(f"two witnesses are called {name!r}")
    _checks[name] = check


def registered() -> dict[str, Check]:
    """All checks, by name."""
    return dict(_checks)
