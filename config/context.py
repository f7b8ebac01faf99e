"""What every page's frame needs: the page's clock, languages, the house that runs the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from calendars import wording
from config import session
from notifications import selectors

LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
HTML_LANGUAGES = {"zh-hans": "zh-Hans-CN", "en": "en"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; whatever asks the database is lazy and asked at most once."""
    clock = getattr(request, "clock", None)
    wording.use_clock((lambda: clock.now) if clock else None)
    language = get_language() or "zh-hans"
    return {
        "html_language": HTML_LANGUAGES.get(language, language),
        "other_languages": [(c, n) for c, n in LANGUAGE_NAMES.items() if c != language],
        "language_next": request.get_full_path() if request.method == "GET" else "",
        "inbox_count": SimpleLazyObject(lambda: _inbox_count(request)),
        "host_organisation": settings.HOST_ORGANISATION,
        "session_length": settings.SESSION_COOKIE_AGE,
        "session_seconds": session.seconds_left(request),
    }


def _inbox_count(request: HttpRequest) -> int:
    """How many messages this person has not read; one query."""
    if not request.user.is_authenticated:
        return 0
    return selectors.unread_count(request.user)
