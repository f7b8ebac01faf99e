"""The page's clock: the database's time, asked once a request and only when needed."""

from datetime import date, datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponseBase

from audit import clock
from calendars.selectors import table_read_once, working_days
from calendars.table import WorkingDays
from config.middleware import Handler


class RequestClock:
    @cached_property
    def now(self) -> datetime:
        """The instant that everything on this page agrees on; aware, UTC."""
        return clock.now()

    @cached_property
    def today(self) -> date:
        """That instant's day in Asia/Shanghai."""
        return self.now.astimezone(clock.SHANGHAI).date()

    @cached_property
    def table(self) -> WorkingDays:
        """The working days by which this page counts."""
        return working_days()


def clock_middleware(get_response: Handler) -> Handler:
    """Puts a `RequestClock` on the request as `request.clock`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.clock = RequestClock()  # type: ignore[attr-defined]  # ours, not HttpRequest's
        if request.method not in ("GET", "HEAD"):
            return get_response(request)  # an act may enter a year, and count by it
        with table_read_once():
            return get_response(request)

    return middleware
