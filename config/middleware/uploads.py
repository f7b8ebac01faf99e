"""Posts that the page's script sends by itself, to show how far an upload is."""

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from config.middleware import Handler


def uploads_middleware(get_response: Handler) -> Handler:
    """To a post with `X-Upload` a redirect is told, as 204 with its `Location`, and not sent:
    followed out of sight, it would use up the message of what was done.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "X-Upload" in request.headers and isinstance(response, HttpResponseRedirect):
            response.status_code = 204
        return response

    return middleware
