"""Limits before allauth's views, in place of its own: those take eight statements of a cache each.

Beyond a limit nothing is looked at, and the answer is 429.
"""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.services.limits import Limit, within
from audit.origin import current as origin

View = Callable[..., HttpResponseBase]
Whom = Callable[[HttpRequest], str]


def limited(view: View, *limits: tuple[Limit, Whom]) -> View:
    """The view, its posts counted; where there is nobody to count ("") a limit does not apply."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            for limit, whom in limits:
                of = whom(request)
                if of and not within(limit, of=of):
                    return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return counted


def address(request: HttpRequest) -> str:
    """The caller's; of IPv6 the network, for one line has 2^64 of them."""
    where = origin()
    if where and isinstance(ip_address(where), IPv6Address):
        return str(ip_network(f"{where}/64", strict=False))
    return where


def person(request: HttpRequest) -> str:
    return str(request.user.pk) if request.user.is_authenticated else ""


def typed_email(request: HttpRequest) -> str:
    return request.POST.get("email", "").strip().lower()
