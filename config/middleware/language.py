"""Which language a page is in: the visitor's choice, else the person's, else Chinese.

What the browser asks for is left aside: the first language of the place is Chinese, and a
browser set up in English says nothing about the person in front of it.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config.middleware import Handler


def language_of(request: HttpRequest) -> str:
    """The cookie's language, else the signed-in person's, else the default."""
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    if settings.SESSION_COOKIE_NAME in request.COOKIES:  # spares visitors the question
        own = getattr(request.user, "language", "")
        if own in known:
            return str(own)
    return settings.LANGUAGE_CODE


def language_middleware(get_response: Handler) -> Handler:
    """Serves each request in its language and says which in `Content-Language`."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault(
            "Content-Language", translation.to_locale(language).replace("_", "-")
        )
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware
