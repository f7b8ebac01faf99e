"""The answer to an error that nothing else turned into words; a database out of reach is told."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template import loader
from psycopg import Error

from opendata import problems

RETRY_SECONDS = 30
# Without a code the connection itself failed; 08: connection exceptions; 57P: the server is
# starting or stopping; 53300: it has no connection left. PostgreSQL's Appendix A.
OUT_OF_REACH = ("08", "57P", "53300")


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: 503 with `Retry-After` while the database cannot be reached, else 500.

    Neither page asks the database for anything; programs that ask the API are told as problems.
    """
    asked = problems.is_asked(request)
    if not is_outage(sys.exception()):
        if asked:
            return problems.told(500)
        return HttpResponseServerError(loader.get_template("500.html").render())
    page = "" if asked else loader.get_template("503.html").render()
    response = problems.told(503) if asked else HttpResponse(page, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def is_outage(error: BaseException | None) -> bool:
    """Whether this error of Django's is of a database that cannot be reached."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    code = cause.sqlstate if isinstance(cause, Error) else None
    return code is None or code.startswith(OUT_OF_REACH)
