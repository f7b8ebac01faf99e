"""The API described as OpenAPI 3.1, once a process and language, from its own serialisers."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

from opendata.problems import KIND

PLACE = "/api/v1/"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
# Which refusals any address may answer with, beside those of lists, of rows and of what is one's
# own. A cursor that leads nowhere is 404.
ALWAYS: dict[str, Promise] = {
    "400": _("the query has a filter that is unknown or has no such value"),
    "401": _("the token opens nothing, or one is needed"),
    "404": _("there is nothing here that you may see"),
    "406": _("another format than JSON was asked for"),
    "429": _("too many requests; `Retry-After` says how long to wait"),
    "503": _("the database cannot be reached; `Retry-After` says when to ask again"),
}
OWN: dict[str, Promise] = {"403": _("your role does not allow this")}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "opendata.authentication.Token"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "opendata.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def own_addresses(endpoints: list[Any], **_kwargs: Any) -> list[Any]:
    """Only what lies under the API; REST framework is used nowhere else."""
    return [one for one in endpoints if one[0].startswith(PLACE)]


def declare_refusals(result: dict[str, Any], generator: Any, **_kwargs: Any) -> dict[str, Any]:
    """Every answer that an address can give besides 200, and who may ask it."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    signed_in = _needing_a_person(generator)
    for path, methods in result["paths"].items():
        for operation in methods.values():
            own = path in signed_in
            operation.pop("description", None)  # of the class, not of what it answers
            needed: list[dict[str, Any]] = [{"token": []}, {"session": []}]
            operation["security"] = needed if own else [*needed, {}]
            operation["responses"]["304"] = {"description": gettext("unchanged")}
            for status, words in (ALWAYS | (OWN if own else {})).items():
                operation["responses"][status] = _refusal(str(words))
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _needing_a_person(generator: Any) -> set[str]:
    return {path for path, _regex, _method, view in generator.endpoints if view.cls.signed_in}


def _refusal(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {KIND: {"schema": schema}}}


@cache
def document(language: str) -> dict[str, Any]:
    """The whole description, its words in this language."""
    with override(language):
        found: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return found


@dataclass(frozen=True, slots=True)
class Operation:
    """One address for people: `filters` and `fields` by name with values or meaning."""

    path: str
    summary: str
    signed_in: bool
    filters: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]


@cache
def operations(language: str) -> tuple[Operation, ...]:
    """Every address with its filters and the fields of a row."""
    whole = document(language)
    return tuple(
        Operation(
            path=path,
            summary=methods["get"]["summary"],
            signed_in={} not in methods["get"]["security"],
            filters=tuple(
                (p["name"], p.get("description") or " · ".join(p["schema"].get("enum", ())))
                for p in methods["get"].get("parameters", ())
                if p["in"] == "query"
            ),
            fields=_fields(methods["get"]["responses"]["200"], whole),
        )
        for path, methods in whole["paths"].items()
    )


def _fields(answer: dict[str, Any], whole: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Of a row, where the answer is a page of rows."""
    row = _named(answer["content"]["application/json"]["schema"], whole)
    if "results" in row["properties"]:
        row = _named(row["properties"]["results"]["items"], whole)
    return tuple((name, field.get("description", "")) for name, field in row["properties"].items())


def _named(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
