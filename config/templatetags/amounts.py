"""Filters for figures: money, scores, shares. A missing value is "—", never 0."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.translation import get_language

from applications import money

register = template.Library()

MISSING = "—"


def _decimal(value: Any) -> Decimal | None:
    """The value as an exact decimal; None when it is missing or no number."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def missing(value: Any) -> Any:
    """The value, or "—" when there is none ({{ x|missing }}); 0 and False are values."""
    return MISSING if value is None or value == "" else value


@register.filter
def wan(value: Any) -> str:
    """Yuan as 万元, exact: {{ award.amount|wan }} → 2,400."""
    number = _decimal(value)
    return MISSING if number is None else money.wan(number)


@register.filter(name="money")
def money_(value: Any) -> str:
    """Yuan with its unit, for sentences: 2,400 万元; in English CNY 24 million."""
    number = _decimal(value)
    if number is None:
        return MISSING
    return money.in_words(number, chinese=(get_language() or "zh").startswith("zh"))


@register.filter
def yuan(value: Any) -> str:
    """Yuan with two decimals: 24,000,000.00."""
    number = _decimal(value)
    return MISSING if number is None else money.yuan(number)


@register.filter
def daxie(value: Any) -> str:
    """人民币贰仟肆佰万元整, for documents only."""
    number = _decimal(value)
    return MISSING if number is None else money.daxie(number)


@register.filter
def score(value: Any) -> str:
    """A score with two decimals, half up: 87.5 → 87.50."""
    number = _decimal(value)
    return MISSING if number is None else money.grouped(number, 2)


@register.filter
def signed(value: Any) -> str:
    """A difference with its sign, decimals as they are: +1.72, −0.03, 0.00."""
    figure = _decimal(value)
    if figure is None:
        return MISSING
    return f"{figure:+f}".replace("-", "−") if figure else f"{abs(figure):f}"


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """A count or measure with thousands commas: 2467 → 2,467; {{ x|number:1 }} fixes decimals."""
    figure = _decimal(value)
    return MISSING if figure is None else money.grouped(figure, places)


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A share (0.8201) as 82.0%; {{ x|percent:2 }} → 82.01%. Trailing zeros go, 50% not 50.0%."""
    share = _decimal(value)
    if share is None:
        return MISSING
    step = Decimal(1).scaleb(-places)
    return f"{money.grouped((share * 100).quantize(step, rounding=ROUND_HALF_UP))}%"


@register.filter
def share_of(part: Any, whole: Any) -> Decimal | None:
    """part ÷ whole as a share for |percent; None when the whole is 0 or something is missing."""
    a, b = _decimal(part), _decimal(whole)
    return a / b if a is not None and b else None
