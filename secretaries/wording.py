"""The words for why somebody was appointed, or nobody."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def reason_text(reason: dict[str, Any], places: dict[str, str]) -> str:
    """One sentence from the reason kept with an appointment. `places`: region names by code."""
    by = reason.get("by")
    if by == "lead":
        return _("Appointed by the lead: %(text)s (load then: %(load)s of %(max_load)s)") % reason
    if by == "handover":
        return _("Handed over from %(from)s: %(text)s") % reason
    if by == "batch":
        words = ngettext(
            "By the rules for %(together)s project at once, as evenly as can be: serves the place "
            "and the industry, was on duty; load then: %(load)s of %(max_load)s.",
            "By the rules for %(together)s projects at once, as evenly as can be: serves the place "
            "and the industry, was on duty; load then: %(load)s of %(max_load)s.",
            reason["together"],
        )
        return words % reason
    place = places.get(str(reason.get("region", "")), str(reason.get("region", "")))
    return _(
        "By the rules: serves %(place)s, %(industry)s, carried %(load)s of %(max_load)s and was on "
        "duty; fewest projects of %(candidates)s eligible."
    ) % {
        **reason,
        "place": place,
        "industry": _("right industry") if reason.get("industry") else _("serves all industries"),
    }


def gap_text(counts: dict[str, int]) -> str:
    """Why nobody was free: 5 人中 4 人已满、1 人休假."""
    local = counts.get("local", 0)
    if not local:
        return _("No secretary serves this place.")
    parts = [
        text % {"n": counts[name]}
        for name, text in (
            ("load", _("%(n)s full")),
            ("leave", _("%(n)s on leave")),
            ("industry", _("%(n)s in other industries")),
            ("term", _("%(n)s out of term")),
        )
        if counts.get(name)
    ]
    of = ngettext("Of %(n)s secretary: %(parts)s.", "Of %(n)s secretaries: %(parts)s.", local)
    return of % {"n": local, "parts": _(", ").join(parts)}
