"""How long a sign-in lasts, and how a person prolongs it before it ends.

The machine's clock serves here: this is about cookies, not about anybody's business.
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

SINCE = "signed_in_since"  # when the session was last prolonged, seconds since 1970


def remember(request: HttpRequest, **kwargs: Any) -> None:
    """Receives `user_logged_in`: the session's time starts now."""
    request.session[SINCE] = int(time.time())


def seconds_left(request: HttpRequest) -> int | None:
    """How long the sign-in still lasts; None for a visitor. The session is read anyway."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    since = request.session.get(SINCE)
    if not isinstance(since, int):
        return None
    return max(since + settings.SESSION_COOKIE_AGE - int(time.time()), 0)


@require_POST
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Prolong the sign-in by its full length again."""
    remember(request)
    return HttpResponse(status=204)
