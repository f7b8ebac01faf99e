"""Words of the site check: why somebody may not go, units, values as they are read."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from applications.money import in_words
from reviews.office_words import GROUNDS
from reviews.selectors.site_standing import VETO_PREFIX
from reviews.site_figures import CHECKED, unit_of

BARS: Mapping[str, Promise] = MappingProxyType(
    {
        **GROUNDS,
        "role": _("holds no role that checks on the spot"),
        "expert": _("was an expert of this call"),
        "scribe": _("was a scribe in this call"),
        "region": _("acts for the place it is built in, or is at home there"),
    }
)


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def shown(name: str, stored: str) -> str:
    """A stored value with its unit, for reading: amounts in 万元, in English in millions."""
    spec = CHECKED[name]
    if unit_of(name) == "yuan" and stored.replace(".", "", 1).isdecimal():
        return in_words(Decimal(stored), chinese=not _is_english())
    value = spec.for_reading(stored)
    return f"{value} {spec.unit}".strip() if value else "—"


def veto_words(call: Call, code: str) -> str:
    """The call's item that is not met, in the reader's language."""
    key = "text_en" if _is_english() else "text_zh"
    texts: dict[str, Any] = {item["code"]: item[key] for item in call.screening_items}
    return _("Veto on the spot, not met: %(item)s") % {"item": texts.get(code, code)}


def site_veto_words(call: Call, key: str) -> str:
    """A veto as a ranking keeps it, in words; the key itself where it is of no check."""
    if not key.startswith(VETO_PREFIX):
        return key
    return veto_words(call, key.removeprefix(VETO_PREFIX))


def corrections_shown(site: Mapping[str, Any]) -> list[dict[str, str | Promise]]:
    """What a ranking's entry keeps of a check: field, submitted and found value, for reading."""
    return [
        {
            "field": name,
            "label": CHECKED[name].label,
            "submitted": shown(name, row["submitted"]),
            "found": shown(name, row["found"]),
        }
        for name, row in site.get("corrections", {}).items()
    ]
