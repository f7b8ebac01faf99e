"""A refusal that no view turned into words on its own page becomes a page of its own."""

from posixpath import dirname
from urllib.parse import urlsplit

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme
from psycopg.errors import DeadlockDetected

from audit.refusals import Conflict, NotPermitted, NotVisible, Refused
from config.middleware import Handler


class RefusalMiddleware:
    """NotVisible becomes 404, NotPermitted 403, every other `Refused` 409 with its message;
    a deadlock of the database is a conflict like any other. Who is led to the address of a form,
    by a sign-in that ended before the form was sent, is told where its page is.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        said = render(request, "405.html", {"above": page_above(request.path_info)}, status=405)
        said["Allow"] = response.headers["Allow"]
        return said

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match error:
            case NotVisible():
                return render(request, "404.html", status=404)
            case NotPermitted():
                return render(request, "403.html", {"message": error.message}, status=403)
            case Refused():
                context = {"message": error.message, "back": page_before(request)}
                return render(request, "refused.html", context, status=409)
            case OperationalError(__cause__=DeadlockDetected()):
                # Two acts stood before each other's rows; PostgreSQL undid this one whole.
                context = {"message": Conflict().message, "back": page_before(request)}
                return render(request, "refused.html", context, status=409)
        return None


def page_before(request: HttpRequest) -> str:
    """Path of the page of ours that the person came from; "" when there is none."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()}):
        return ""
    parts = urlsplit(referer)
    return parts._replace(scheme="", netloc="").geturl()


def page_above(path: str) -> str:
    """Path of the page that an address of one of its forms lies under; "" when there is none."""
    above = dirname(path.rstrip("/")).rstrip("/") + "/"
    return above if above != "/" and is_valid_path(above) else ""
