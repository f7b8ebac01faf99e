"""What browsers and proxies may keep: nothing of what a signed-in person is shown."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control

from config.middleware import Handler


def caching_middleware(get_response: Handler) -> Handler:
    """`Cache-Control: private, no-store` on every answer to who has a session, or gets one.

    On a shared machine the Back button would else show the pages of whoever signed out.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware
