"""Every refusal of the API as problem details (RFC 9457), in words and with its status."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response

from audit.refusals import Refused

KIND = "application/problem+json"
PLACE = "/api/"


def problem(status: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """The body. `title` is the status in English, as the RFC asks where no type is given."""
    named = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return named | ({"detail": detail} if detail else {}) | more


def answer(error: Exception, context: Any) -> Response | None:
    """REST framework's handler: None lets an error that nobody meant be an error."""
    match error:
        case Refused():
            return _response(error.status_code, str(error))
        case Http404():
            return _response(404, _("There is nothing here that you may see."))
        case PermissionDenied():
            return _response(403, _("Your role does not allow this."))
        case ValidationError():
            return _response(400, _("The query cannot be answered."), errors=error.detail)
        case APIException():
            response = _response(error.status_code, str(error.detail))
            if challenge := getattr(error, "auth_header", ""):
                response["WWW-Authenticate"] = challenge
            if wait := getattr(error, "wait", None):
                response["Retry-After"] = str(int(wait))
            return response
    return None


def _response(status: int, detail: str, **more: Any) -> Response:
    return Response(problem(status, detail, **more), status=status, content_type=KIND)


def is_asked(request: HttpRequest) -> bool:
    """Whether a program asks: outside of the API, refusals are pages."""
    return request.path_info.startswith(PLACE)


def told(status: int, detail: str = "") -> HttpResponse:
    """The same where no view of the API was reached."""
    return JsonResponse(
        problem(status, detail),
        status=status,
        content_type=KIND,
        json_dumps_params={"ensure_ascii": False},
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`"""
    if is_asked(request):
        return told(404, _("There is nothing here that you may see."))
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`"""
    if is_asked(request):
        return told(400, _("The query cannot be answered."))
    return defaults.bad_request(request, exception)
