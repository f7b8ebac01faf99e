"""What every address of the API does: who asks, how often, for what, and what may be kept."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import PageClock
from accounts.models import User
from opendata.serializers.queries import NoQuery, Query, read

SIGN_IN = _("Sign in, or send an access token: Authorization: Bearer …")


@method_decorator(conditional_page, name="dispatch")
class Endpoint(GenericAPIView[Any]):
    """Read-only. Unchanged since the `ETag` that the caller has, 304."""

    http_method_names = ["get", "head"]
    query_class: ClassVar[type[Query]] = NoQuery
    signed_in: ClassVar[bool] = False  # whether visitors are sent to sign in

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing is done before it is known that one reads, and asks for what there is."""
        if str(request.method).lower() not in self.http_method_names:
            raise MethodNotAllowed(str(request.method))
        super().initial(request, *args, **kwargs)
        if self.signed_in:
            self.person()
        self.asked: dict[str, Any] = read(self.query_class, request.query_params)

    @property
    def clock(self) -> PageClock:
        page: Any = self.request._request  # noqa: SLF001  (what the pages see)
        clock: PageClock = page.clock
        return clock

    def person(self) -> User:
        """Who asks; NotAuthenticated for a visitor."""
        if not isinstance(self.request.user, User):
            raise NotAuthenticated(SIGN_IN)
        return self.request.user

    def get_queryset(self) -> QuerySet[Model]:
        raise NotImplementedError

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        done = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(done, ("Authorization",))
        known = {"private": True} if "Authorization" in request.headers else {}
        patch_cache_control(done, no_cache=True, **known)
        return done


class Listed(Endpoint, ListAPIView[Any]):
    """A page of rows."""


NUMBER = OpenApiParameter(
    "number", {"type": "string", "pattern": r"^[-a-zA-Z0-9_]+$"}, OpenApiParameter.PATH
)


class Single(Endpoint, RetrieveAPIView[Any]):
    """One row, by its number."""

    lookup_field = "number"
