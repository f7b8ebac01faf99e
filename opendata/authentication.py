"""Who asks the API: whoever signed in on the pages, or the person a token stands for."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.services.tokens import person_of

SCHEME = "Bearer"


class Token(BaseAuthentication):
    """`Authorization: Bearer steelyard_…`. A token that opens nothing is refused with 401, also
    where nobody need sign in: else a program would not notice that its time is up."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        clock = request._request.clock  # type: ignore[attr-defined]  # noqa: SLF001  (ours)
        user = person_of(text.strip(), clock.today) if scheme.lower() == "bearer" else None
        if user is None:
            raise AuthenticationFailed(
                _("This token opens nothing: it is unknown, revoked, or its time is up.")
            )
        return user, text

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class Session(BaseAuthentication):
    """The session of the pages. Nothing is changed here, so no form's secret is asked for."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        page: HttpRequest = request._request  # noqa: SLF001  (what the pages see)
        user: Any = getattr(page, "user", None)
        return (user, None) if isinstance(user, User) and user.is_active else None
