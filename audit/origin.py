"""From where an act comes: a network address, "worker", "rehearsal", a command's name.

Kept in a context variable, so that services need not pass it on. The middleware sets the
address of a request; Celery tasks and commands name themselves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_origin: ContextVar[str] = ContextVar("origin", default="")


def current() -> str:
    """Where the act now running comes from; empty when nobody said."""
    return _origin.get()


@contextmanager
def acting_from(where: str) -> Iterator[None]:
    """Everything recorded inside comes from there."""
    token = _origin.set(where)
    try:
        yield
    finally:
        _origin.reset(token)


def address_of(request: HttpRequest) -> str:
    """The caller's address, or "" when it is none.

    Behind `settings.TRUSTED_PROXIES` proxies (a number, 0 by default) it is that entry of
    X-Forwarded-For counted from the right: what stands further left was sent by the caller
    and may be invented.
    """
    claimed = request.META.get("REMOTE_ADDR", "")
    depth = int(getattr(settings, "TRUSTED_PROXIES", 0))
    if depth:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        claimed = hops[-depth] if len(hops) >= depth else ""
    try:
        return str(ip_address(claimed.strip()))
    except ValueError:
        return ""


def origin_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Everything recorded while a request is served comes from the caller's address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with acting_from(address_of(request)):
            return get_response(request)

    return middleware
