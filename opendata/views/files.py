"""Awards to take away: 360Giving JSON, and the same as CSV and XLSX."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from applications.tables import csv_stream, xlsx_stream
from opendata import selectors
from opendata.grants import HEADER, cells, grant, package
from opendata.throttling import WINDOW, allowed

View = Callable[..., HttpResponseBase]
KINDS = ("json", "csv", "xlsx")


def counted(view: View) -> View:
    """The view, asked no more often than downloads may be."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if allowed(request, "download"):
            return view(request, *args, **kwargs)
        refused = render(request, "429.html", status=429)
        refused["Retry-After"] = str(WINDOW)
        return refused

    return limited


def _version(request: HttpRequest, kind: str, number: str = "") -> str:
    return f'"{selectors.version_of_the_files(kind, number)}"'


@require_safe
@counted
@condition(etag_func=_version)
def awards(request: HttpRequest, kind: str, number: str = "") -> HttpResponseBase:
    """Every award, or those of one call; asked again unchanged, 304."""
    found = selectors.awards(number)
    changed = selectors.last_change(found)
    if kind not in KINDS or changed is None:
        raise Http404
    publisher = selectors.publisher()
    grants = (grant(award, publisher) for award in selectors.granted(found))
    name = f"awards-{number}.{kind}" if number else f"awards.{kind}"
    if kind == "json":
        about = {
            "title": f"{publisher.name} · {number or 'awards'}",
            "issued": changed.date().isoformat(),
            "modified": changed.isoformat(),
            "identifier": f"{publisher.prefix}-{name.removesuffix('.json')}",
            "publisher": {"name": publisher.name, "identifier": publisher.identifier},
            "downloadURL": publisher.site + request.path,
            "accessURL": publisher.site + reverse("portal:public_results"),
        }
        response: HttpResponseBase = StreamingHttpResponse(
            package(about, grants), content_type="application/json"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        write = csv_stream if kind == "csv" else xlsx_stream
        response = write(name, HEADER, (cells(one) for one in grants))
    patch_cache_control(response, no_cache=True)
    return response
