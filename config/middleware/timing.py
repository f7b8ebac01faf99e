"""The Server-Timing header: how many queries a page took and how long, without DEBUG."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from config.middleware import Handler


class Counter:
    """Counts statements and sums their seconds, as a wrapper around their execution."""

    def __init__(self) -> None:
        self.queries = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.seconds += time.perf_counter() - started
            self.queries += 1


def timing_middleware(get_response: Handler) -> Handler:
    """Adds `Server-Timing: db;desc="<queries>";dur=<ms>, total;dur=<ms>` to HTML responses."""
    if not settings.STEELYARD_TIMING:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        counter = Counter()
        started = time.perf_counter()
        with connection.execute_wrapper(counter):
            response = get_response(request)
        total = time.perf_counter() - started
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Server-Timing"] = (
                f'db;desc="{counter.queries}";dur={counter.seconds * 1000:.1f}, '
                f"total;dur={total * 1000:.1f}"
            )
        return response

    return middleware
