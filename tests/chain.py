"""The middleware is put together once for all the tests' clients, as it is in a server.

Django does it anew for each client: 4 ms, in which WhiteNoise looks through all static files. Where
a test overrides the settings, its clients have their own.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test.client import ClientHandler

PARTS = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)


@pytest.fixture(scope="session", autouse=True)
def _one_chain_for_all_clients() -> Iterator[None]:
    load, own = ClientHandler.load_middleware, settings._wrapped
    kept: dict[str, Any] = {}

    def loaded(self: ClientHandler, is_async: bool = False) -> None:
        if is_async or settings._wrapped is not own:
            load(self, is_async)
        elif kept:
            vars(self).update(kept)
        else:
            load(self)
            kept.update({name: vars(self)[name] for name in PARTS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", loaded)
        yield
