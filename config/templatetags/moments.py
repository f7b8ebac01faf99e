"""Filters and tags for days and instants, in the page's language and by the page's clock."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from calendars import wording
from calendars.selectors import working_days
from config.templatetags.amounts import MISSING
from config.templatetags.display import pill

register = template.Library()


def _language() -> str:
    return get_language() or "zh-hans"


def _year_now(options: str) -> int | None:
    """The year that may be left out; none when the template asks for the year, or no clock."""
    if "year" in options.split():
        return None
    now = wording.now_here()
    return now.year if now else None


@register.filter
def day(value: Any, options: str = "") -> str:
    """6月12日; with the year when not this one. Options: "week" adds 周五, "year" always a year."""
    if not isinstance(value, date):
        return MISSING
    week = "week" in options.split()
    return wording.day_text(value, _language(), year_now=_year_now(options), week=week)


@register.filter
def month(value: Any) -> str:
    """2026年6月"""
    return wording.month_text(value, _language()) if isinstance(value, date) else MISSING


@register.filter
def moment(value: Any, options: str = "") -> str:
    """6月12日（周五）17:00. Options: "short" leaves the weekday out, "year" always a year."""
    if not isinstance(value, datetime):
        return day(value, options)
    week = "short" not in options.split()
    return wording.moment_text(value, _language(), year_now=_year_now(options), week=week)


@register.filter
def clock(value: Any) -> str:
    """17:00"""
    return wording.clock_text(value) if isinstance(value, datetime) else MISSING


@register.filter
def iso(value: Any) -> str:
    """For a datetime attribute: 2026-06-12T17:00+08:00, or 2026-06-12."""
    if isinstance(value, datetime):
        return wording.local(value).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else ""


@register.simple_tag(name="time")
def time_tag(value: Any, options: str = "") -> SafeString | str:
    """{% time event.at %} → <time datetime="…">6月12日（周五）17:00</time>; or a day."""
    if not isinstance(value, date):
        return MISSING
    return format_html('<time datetime="{}">{}</time>', iso(value), moment(value, options))


@register.simple_tag
def period(start: Any, end: Any, options: str = "") -> str:
    """{% period notice.starts_on notice.ends_on %} → 6月17日至24日."""
    if not isinstance(start, date) or not isinstance(end, date):
        return MISSING
    return wording.period_text(start, end, _language(), year_now=_year_now(options))


@register.filter
def until(due: Any) -> str:
    """今天 17:00 前, 明天 17:00 前, 6月9日前, 超 2 日: a due instant by the page's clock."""
    now = wording.now_here()
    if not isinstance(due, datetime):
        return MISSING
    return wording.until_text(due, now, _language()) if now else moment(due)


@register.filter
def over(days: int) -> str:
    """超 7 个工作日: so many working days past the time."""
    return wording.over_text(days, _language())


@register.simple_tag
def due(
    instant: datetime, *, late: bool = False, provisional: bool = False, worked: bool = False
) -> SafeString:
    """{% due item.due late=item.late provisional=item.provisional %}: a pill, 今天 17:00 前.

    worked: the limit was counted in working days, and so are those that have passed since.
    """
    now = wording.now_here()
    words = until(instant)
    if provisional:
        return pill("warn", format_html("{}{}", words, _("(provisional)")), "clock")
    if late or (now and instant <= now):
        if worked and now:
            words = over(wording.worked_since(instant, now, working_days()))
        return pill("late", words)
    days = (wording.day_of(instant) - wording.day_of(now)).days if now else 99
    return pill("act" if days <= 1 else "warn" if days <= 3 else "doing", words, "clock")
