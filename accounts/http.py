"""What a view may rely on in a request: the page's clock, and a person who signed in."""

import re
from datetime import date, datetime
from typing import Protocol

from django.http import HttpRequest

from accounts.models import User
from calendars.table import WorkingDays

TOKEN = re.compile("[0-9a-f]{32}")


class PageClock(Protocol):
    """The database's time, the same for a whole page."""

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> date: ...

    @property
    def table(self) -> WorkingDays: ...


class PageRequest(HttpRequest):
    """Any request, a visitor's too."""

    clock: PageClock


class SignedInRequest(PageRequest):
    """A request behind `login_required`."""

    user: User


def form_token(request: HttpRequest) -> str:
    """What `{% once %}` put into the form that was sent, for `audit.once`; "" where it did not."""
    given = str(request.POST.get("once", ""))
    return given if TOKEN.fullmatch(given) else ""
