"""Tags that draw the beam and its small kin; all in SVG attributes, no style, no script."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from calendars import wording
from config import beams
from config.beams import percent

register = template.Library()

KINDS = ("", "soft", "2", "warn", "act", "now", "none")


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def _load(item: Any) -> beams.Load:
    """A load from a number, (amount, title[, kind]), a mapping or an object with those names."""
    if isinstance(item, beams.Load):
        return item
    if isinstance(item, dict):
        parts = (item.get("amount"), item.get("title", ""), item.get("kind", ""))
    elif isinstance(item, list | tuple):
        parts = (*item, "", "")[:3]
    elif hasattr(item, "amount"):
        parts = (item.amount, getattr(item, "title", ""), getattr(item, "kind", ""))
    else:
        parts = (item, "", "")
    kind = parts[2] if parts[2] in KINDS else ""
    return beams.Load(_decimal(parts[0]), str(parts[1] or ""), kind)


@register.inclusion_tag("components/beam.html")
def beam(
    loads: Iterable[Any],
    *,
    limit: Any = None,
    label: str = "",
    value: Any = None,
    value_text: str = "",
    limit_text: str = "",
    scale_text: str = "",
    low: Any = 0,
    high: Any = None,
    step: Any = 0,
    major: int = 5,
    labels: Sequence[str] = (),
    small: bool = False,
    ceiling: bool = True,
) -> dict[str, Any]:
    """{% beam loads limit=ceiling value=sum label="额度3亿元，拟安排29,310万元" step=10000000 %}.

    label: the sentence for who cannot see it (without it the drawing is hidden from them, and the
    figures must stand beside it); labels: words under the longer stars; small: rod only;
    ceiling=False: the limit is a mark, and what lies beyond it is no overrun.
    """
    drawn = beams.weigh(
        [_load(x) for x in loads],
        limit=None if limit is None else _decimal(limit),
        value=None if value is None else _decimal(value),
        low=_decimal(low),
        high=None if high is None else _decimal(high),
        step=_decimal(step),
        major=major,
        labels=[str(x) for x in labels],
        has_words=bool(value_text),
        is_ceiling=ceiling,
    )
    return {
        "drawn": drawn, "label": label, "value_text": value_text, "limit_text": limit_text,
        "scale_text": scale_text, "small": small, "limit_anchor": _anchor(drawn.limit),
        "height": 16 if small else 58 if value is not None or labels else 40,
    }  # fmt: skip


def _anchor(at: str) -> str:
    if not at:
        return "end"
    place = Decimal(at[:-1])
    return "end" if place > 85 else "start" if place < 15 else "middle"


@register.simple_tag
def bar(value: Any, most: Any, kind: str = "q", *, full: bool = False) -> SafeString:
    """{% bar row.quality 70 "q" %}: a small bar beside its figure; kind q, j, warn or act."""
    whole = _decimal(most)
    share = (
        min(max(_decimal(value) / whole * 100, Decimal(0)), Decimal(100)) if whole else Decimal(0)
    )
    return format_html(
        '<svg class="bar{}" aria-hidden="true"><rect class="track" width="100%" height="100%"/>'
        '<rect class="{}" width="{}" height="100%"/></svg>',
        " is-full" if full else "", kind, percent(share),
    )  # fmt: skip


@register.simple_tag
def key(kind: str = "") -> SafeString:
    """{% key "soft" %}: what a colour of the beam stands for, before its word; kinds as a load's,
    or "limit"."""
    mark = (
        SafeString('<line class="limit" x1="6" x2="6" y1="0" y2="10"/>')
        if kind == "limit"
        else format_html(
            '<rect class="load{}" width="12" height="10"/>', f"-{kind}" if kind else ""
        )
    )
    return format_html('<svg class="beam key" aria-hidden="true">{}</svg>', mark)


@register.simple_tag
def pips(on: int, of: int) -> SafeString:
    """{% pips 2 3 %}: how many of a few places are taken; at most twelve are drawn."""
    shown = min(max(of, on, 0), 12)
    circles = format_html_join(
        "", '<circle{} cx="{}" cy="6" r="4.5"/>',
        ((SafeString(' class="on"') if n < on else "", 6 + 13 * n) for n in range(shown)),
    )  # fmt: skip
    return format_html(
        '<svg class="pips" width="{}" height="12" aria-hidden="true">{}</svg>',
        13 * shown + 1,
        circles,
    )


@register.simple_tag
def mini(used: Any, limit: Any, *marks: Any) -> SafeString:
    """{% mini clock.used clock.limit clock.half clock.nearly %}: a clock; marks where the warnings
    come, the last of which makes it amber, then the overrun."""
    whole = _decimal(limit)
    rod = Decimal(200) / 3  # the limit stands at two thirds of the width
    share = max(_decimal(used) / whole, Decimal(0)) if whole > 0 else Decimal(0)
    within, beyond = (
        min(share, Decimal(1)) * rod,
        min(max(share - 1, Decimal(0)), Decimal("0.5")) * rod,
    )
    warned = bool(marks) and _decimal(marks[-1]) <= _decimal(used)
    kind = "warn" if warned and share <= 1 else "ok"
    late = (
        format_html(
            '<rect class="late" x="{}" y="3" width="{}" height="5"/>', percent(rod), percent(beyond)
        )
        if beyond
        else SafeString()
    )
    ticks = format_html_join(
        "", '<line class="tick" x1="{0}" x2="{0}" y1="9" y2="13"/>',
        ((percent(rod * _decimal(mark) / whole),) for mark in marks if whole > 0),
    )  # fmt: skip
    return format_html(
        '<svg class="mini" aria-hidden="true"><rect class="track" y="3" width="{0}" height="5"/>'
        '<rect class="{1}" y="3" width="{2}" height="5"/>{3}{4}'
        '<line class="limit" x1="{0}" x2="{0}" y1="0" y2="13"/></svg>',
        percent(rod), kind, percent(within), late, ticks,
    )  # fmt: skip


@register.inclusion_tag("components/shares.html")
def shares(parts: Iterable[Any], limit: Any = None, label: str = "") -> dict[str, Any]:
    """{% shares units limit=15 label="各单位用时：…" %}: who took how much of a whole."""
    drawn = beams.weigh([_load(x) for x in parts], limit=None)
    total = sum((_load(x).amount for x in parts), Decimal(0))
    at = percent(beams.Scale(Decimal(0), total or Decimal(1)).at(_decimal(limit))) if limit else ""
    return {"pieces": drawn.pieces, "limit": at, "label": label}


@register.inclusion_tag("components/day_strip.html")
def day_strip(days: Sequence[Any], label: str = "") -> dict[str, Any]:
    """{% day_strip days label="公示期…" %}: a period's days; days: (date, "past|off|now|ahead")."""
    wide = Decimal(100) / max(len(days), 1)
    css = {"past": "load", "off": "off", "now": "load-now", "ahead": "rod"}
    cells = [
        {
            "x": percent(wide * n + Decimal("0.4")), "width": percent(wide - Decimal("0.8")),
            "middle": percent(wide * n + wide / 2), "day": day, "kind": kind, "css": css[kind],
            "weekday_zh": wording.WEEKDAYS_ZH[day.weekday()],
            "weekday_en": wording.WEEKDAYS_EN[day.weekday()],
        }
        for n, (day, kind) in enumerate(days)
    ]  # fmt: skip
    return {"cells": cells, "label": label}


@register.inclusion_tag("components/deadline_clock.html")
def deadline_clock(
    opens: datetime,
    closes: datetime,
    now: datetime,
    note: str = "",
    title: str = "",
    url: str = "",
    outcome: str = "",
) -> dict[str, Any]:
    """{% deadline_clock call.opens_at call.closes_at request.clock.now %}: 距截止 4 天 7 小时.

    note: a sentence added; title, url: what closes, as a link above, where the page does not say
    it; outcome: what becomes of what comes too late, where that is not an application.
    """
    days, hours, minutes = wording.left(closes, now)
    whole = Decimal(int((closes - opens).total_seconds()))
    gone = min(max(Decimal(int((now - opens).total_seconds())), Decimal(0)), whole)
    weekly = (closes - opens).days > 50
    return {
        "opens": opens,
        "closes": closes,
        "now": now,
        "note": note,
        "title": title,
        "url": url,
        "outcome": outcome,
        "days": days,
        "hours": hours,
        "minutes": minutes,
        "closed": now >= closes,
        "not_open": now < opens,
        "whole": whole,
        "gone_loads": [gone],
        "step": Decimal(86400 * 7) if weekly else Decimal(86400),
        "major": 4 if weekly else 7,
    }
