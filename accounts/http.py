"""What a view may rely on in a request: the page's clock, and a person who signed in."""

from datetime import date, datetime
from typing import Protocol

from django.http import HttpRequest

from accounts.models import User


class PageClock(Protocol):
    """The database's time, the same for a whole page."""

    @property
    def now(self) -> datetime: ...

    @property
    def today(self) -> date: ...


class PageRequest(HttpRequest):
    """Any request, a visitor's too."""

    clock: PageClock


class SignedInRequest(PageRequest):
    """A request behind `login_required`."""

    user: User
