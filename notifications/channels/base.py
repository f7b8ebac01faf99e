"""What every channel is, and what one says that cannot take a message now."""

from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from notifications.models import Delivery

KEY_HEADER = "X-Steelyard-Key"


class Channel(Protocol):
    """Carries deliveries of its kind; one instance serves a batch."""

    def send(self, delivery: Delivery) -> None:
        """Carry one; raises when it could not be handed over, `Later` when it may not be now."""

    def close(self) -> None: ...


class Later(Exception):
    """Not now: try again after this time. `counted`: it was an attempt that failed, and the last
    of them gives the delivery up."""

    def __init__(self, after: timedelta, why: str, *, counted: bool = False) -> None:
        super().__init__(why)
        self.after, self.counted = after, counted


def absolute(path: str) -> str:
    """A path of the site as an address."""
    return settings.SITE_URL.rstrip("/") + path if path.startswith("/") else path


def key_of(delivery: Delivery) -> str:
    """The same at every attempt: whoever takes a message twice knows it by this."""
    return f"{delivery.message.key}:{delivery.channel}"


def identity_of(name: str) -> str:
    """The Message-ID of the mail of this name, the same at every attempt: where a worker dies
    between the server's yes and its own note, mail systems know the second as the first.
    """
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{name.replace(':', '.')}@{host}>"
