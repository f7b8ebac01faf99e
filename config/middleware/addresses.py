"""Addresses that cannot be looked up."""

from django.http import Http404, HttpRequest, HttpResponseBase

from config.middleware import Handler


def addresses_middleware(get_response: Handler) -> Handler:
    """No page has a NUL in its address; PostgreSQL would refuse to look for it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return middleware
