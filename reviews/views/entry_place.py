"""Where an entry stands: against the entry score, the others and the funding line, as sentences."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from applications import money
from applications.call_rules import CallRules
from reviews.models import RankingEntry
from reviews.office_words import OUTCOMES, QUOTA_SENTENCES
from reviews.selectors import placing as places


def place_of(entry: RankingEntry, rules: CallRules, *, named: bool) -> dict[str, Any]:
    """Against the entry score, the others and the funding line."""
    rows: list[tuple[str, str]] = []
    if entry.total is not None:
        rows.append((_("Entry score"), _margin(entry.total, rules.floor)))
    if "paper_rank" in entry.details:  # it was not heard, and has no place among those who were
        if paper := entry.details["paper_rank"]:
            rows.append((_("Rank in the paper review"), str(paper)))
        return {"rows": rows, "equals": ()}
    found = places.placing_of(entry)
    if entry.rank is not None:
        of = ngettext("%(rank)s of %(n)s ranked", "%(rank)s of %(n)s ranked", found.of)
        rows.append((_("Rank"), of % {"rank": entry.rank, "n": found.of}))
        if rules.panels == "quota":
            rows.append((_("Rank in its panel"), str(entry.panel_rank)))
        if named:
            rows += _money(entry, found.before)
    if found.line is not None:
        rank, total = found.line
        rows.append(
            (
                _("Last that is funded"),
                _("rank %(rank)s with %(total)s points") % {"rank": rank, "total": total},
            )
        )
    if found.outcome:
        rows.append((_("Decided"), str(OUTCOMES.get(found.outcome, found.outcome))))
    if found.quota:
        rows.append((pgettext("place", "Quota"), str(QUOTA_SENTENCES[found.quota])))
    return {"rows": rows, "equals": found.equals if named and len(found.equals) > 1 else ()}


def _margin(total: Decimal, floor: Decimal) -> str:
    words = (
        _("%(total)s − %(floor)s = %(gap)s above it")
        if total >= floor
        else _("%(floor)s − %(total)s = %(gap)s short of it")
    )
    return words % {"total": total, "floor": floor, "gap": abs(total - floor)}


def _money(entry: RankingEntry, before: Decimal) -> list[tuple[str, str]]:
    """The running sum up to the entry, against the call's envelope; 10,000 yuan."""
    own, envelope = entry.requested, entry.ranking.call.envelope
    sign = "≤" if before + own <= envelope else ">"
    running = f"{money.wan(before)} + {money.wan(own)} = {money.wan(before + own)}"
    return [(_("Running sum, envelope"), f"{running} {sign} {money.wan(envelope)}")]
