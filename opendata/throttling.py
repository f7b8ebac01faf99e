"""How often one may ask within a minute: counted in the database, so that every process knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.models import User
from accounts.services.limits import Limit, within
from accounts.views.limits import address

WINDOW = 60  # seconds, those of a limit


def allowed(request: HttpRequest, kind: str, person: object = "") -> bool:
    """Count one more request of the person, or of the caller's address, and say whether
    `settings.OPEN_DATA_RATES[kind]` still allows it. Whoever has no address is not counted."""
    of = str(person) or address(request)
    return not of or within(Limit(f"open-{kind}", settings.OPEN_DATA_RATES[kind]), of=of)


class Rate(BaseThrottle):
    """The API's: a person by account, a visitor by address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        page = request._request  # noqa: SLF001  (what the pages see)
        if isinstance(request.user, User):
            return allowed(page, "person", request.user.pk)
        return allowed(page, "visitor")

    def wait(self) -> float:
        return WINDOW
