"""Redis as kombu carries it, but for one fault: a task done after its connection was closed asks
the closed one where it led, and the AttributeError ends the worker. Here that is a lost connection
like any other: the worker connects again, and the task comes once more.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  (kombu's own)
        if getattr(self.connection, "client", None) is None:
            raise ConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # not in stubs


class Transport(redis.Transport):
    Channel = Channel


def use() -> None:
    """For every address of a Redis."""
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.broker:Transport"
