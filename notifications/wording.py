"""What a message's context may hold, and how it is kept: as values, so that each reader gets
amounts, days and names in the own language, whoever caused the message."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import override

from calendars import wording as days


def _both(value: object, known: dict[object, Any]) -> Any:
    """A lazy text or an object as its words in both languages; one string when they are equal."""
    if not isinstance(value, Model):
        return _words(value)
    if value not in known:
        known[value] = _words(value)
    return known[value]


def _words(value: object) -> Any:
    with override("zh-hans"):
        zh = str(value)
    with override("en"):
        en = str(value)
    return zh if zh == en else {"zh": zh, "en": en}


def _encode(value: Any, known: dict[object, Any]) -> Any:
    match value:
        case None:
            kept: Any = ""
        case Decimal():
            kept = {"yuan": str(value)}
        case datetime():
            kept = {"moment": value.isoformat()}
        case date():
            kept = {"day": value.isoformat()}
        case dict():
            kept = {"zh": str(value["zh"]), "en": str(value["en"])}
        case list() | tuple():
            kept = {"list": [_encode(v, known) for v in value]}
        case _:
            kept = value if type(value) in (str, int, bool) else _both(value, known)
    return kept


def encode(context: dict[str, Any], known: dict[object, Any] | None = None) -> dict[str, Any]:
    """JSON-able context. Decimals are yuan; instants aware; a dict is {"zh": …, "en": …}; any
    other object (a region, a call, a lazy text) is kept as its name in both languages. `known`
    keeps the names of rows for contexts that follow."""
    known = {} if known is None else known
    return {name: _encode(value, known) for name, value in context.items()}


def wan(yuan: Decimal) -> str:
    """Yuan as 万元 with thousands commas and no idle zeros: 24000000 -> 2,400."""
    text = f"{yuan / 10000:,.6f}"
    return text.rstrip("0").rstrip(".")


def _decode(value: Any, language: str) -> Any:
    if not isinstance(value, dict):
        return value
    chinese = days.is_chinese(language)
    if "yuan" in value:
        yuan = Decimal(value["yuan"])
        return f"{wan(yuan)} 万元" if chinese else f"CNY {wan(yuan / 100)} million"
    if "moment" in value:
        return days.moment_text(datetime.fromisoformat(value["moment"]), language, year_now=None)
    if "day" in value:
        return days.day_text(date.fromisoformat(value["day"]), language, year_now=None)
    if "list" in value:
        return ("、" if chinese else ", ").join(str(_decode(v, language)) for v in value["list"])
    return value["zh"] if chinese else value["en"]


def decode(context: dict[str, Any], language: str) -> dict[str, Any]:
    """The context's words in a language, ready for the placeholders."""
    return {name: _decode(value, language) for name, value in context.items()}
