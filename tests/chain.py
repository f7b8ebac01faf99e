"""The middleware is put together once for all the tests' clients, as it is in a server.

Django does it anew for each client: 4 ms, in which WhiteNoise looks through all static files. Where
a test overrides settings, its clients have their own, unless no middleware asks for these.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import UserSettingsHolder, settings
from django.test.client import ClientHandler

PARTS = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)
# What is overridden for every test, or nearly so.
ELSEWHERE = {"PASSWORD_HASHERS", "AUDIT_ANCHOR_FILE"}


def overridden() -> set[str]:
    """The names of all settings that are not as they were read."""
    names: set[str] = set()
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        names |= vars(holder).keys() - {"default_settings", "_deleted"} | holder._deleted
        holder = holder.default_settings
    return names


@pytest.fixture(scope="session", autouse=True)
def _one_chain_for_all_clients() -> Iterator[None]:
    load = ClientHandler.load_middleware
    kept: dict[str, Any] = {}

    def loaded(self: ClientHandler, is_async: bool = False) -> None:
        if is_async or overridden() - ELSEWHERE:
            load(self, is_async)
        elif kept:
            vars(self).update(kept)
        else:
            load(self)
            kept.update({name: vars(self)[name] for name in PARTS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", loaded)
        yield
