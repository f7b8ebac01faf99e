"""What the ranking's page shows, as plain values: rows, the beam, ties."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.http import SignedInRequest
from accounts.roles import Role
from accounts.rules import has_any_role
from applications import money
from applications.call_reading import hearing_rows, quota_rows
from applications.call_rules import CallRules
from applications.models import Call, CallStatus
from reviews.models import Ranking, RankingEntry
from reviews.office_words import DECIDED_BY, ENTRY_STATES, QUOTA_MARKS
from reviews.rules import other_part
from reviews.views.expert_words import language

NOBODY: Mapping[int, str] = MappingProxyType({})
BILLION_TENTH = Decimal(100_000_000)  # 1亿元


def _sum(value: Decimal) -> str:
    return money.in_words(value, chinese=not language().startswith("en"))


def table_rows(
    entries: list[Any], envelope: Decimal, passed_over: Mapping[int, str] = NOBODY
) -> list[dict[str, Any]]:
    """Entries for reading: running sum of what is asked for, where the envelope ends, the floor,
    and whom which quota passes over.

    Those who share a rank share the running sum: no order among them is decided.
    """
    sums: dict[int | None, Decimal] = {}
    asked = Decimal(0)
    for entry in entries:
        if entry.rank is not None:
            asked += entry.requested
            sums[entry.rank] = asked
    rows: list[dict[str, Any]] = []
    before, last, below = Decimal(0), None, False
    for entry in entries:
        is_ranked, first_of_rank = entry.rank is not None, entry.rank != last
        if first_of_rank:
            before, last = sums.get(last, Decimal(0)), entry.rank
        here = sums.get(entry.rank)
        rows.append(
            {
                "entry": entry,
                "application": entry.application,
                "sum": here,
                "spent": here is not None and first_of_rank and before <= envelope < here,
                "floor": not is_ranked and not below,
                "out": not is_ranked,
                "state_label": ENTRY_STATES[entry.state],
                "decided": DECIDED_BY.get(entry.decided, ""),
                "voided": _voided(len(entry.voided)),
                "quota": QUOTA_MARKS.get(passed_over.get(entry.application_id, ""), ""),
            }
        )
        below = below or not is_ranked
    return rows


def _voided(count: int) -> str:
    """So many signed sheets do not count for a conflict of interest; empty for none."""
    if not count:
        return ""
    words = ngettext("%(n)s expert's marks void", "%(n)s experts' marks void", count)
    return words % {"n": count}


def figures(call: Call, entries: list[RankingEntry]) -> list[tuple[str, str, str]]:
    wan = _("10,000 yuan")
    in_rank = [e for e in entries if e.state == "ranked"]
    return [
        (_("Envelope of the round"), money.wan(call.envelope), wan),
        (
            ngettext("Asked for, %(n)s ranked", "Asked for, %(n)s ranked", len(in_rank))
            % {"n": len(in_rank)},
            money.wan(sum((e.requested for e in in_rank), Decimal(0))),
            wan,
        ),
        (_("Dossiers scored"), str(len(entries)), ""),
        (_("Not ranked"), str(len(entries) - len(in_rank)), ""),
    ]


def beam(call: Call, entries: list[RankingEntry]) -> dict[str, Any]:
    """What the ranked ask for, laid on the envelope's beam in the order of the rank."""
    in_rank = [e for e in entries if e.state == "ranked"]
    total = sum((e.requested for e in in_rank), Decimal(0))
    running, loads = Decimal(0), []
    for entry in in_rank:
        running += entry.requested
        title = _("%(rank)s. %(title)s, %(sum)s") % {
            "rank": entry.rank,
            "title": entry.application.title,
            "sum": _sum(entry.requested),
        }
        loads.append((entry.requested, title, "" if running <= call.envelope else "soft"))
    high = max(total, call.envelope)
    return {
        "loads": loads,
        "value": total,
        "high": high,
        "step": Decimal(10_000_000) if high <= 5 * BILLION_TENTH else Decimal(50_000_000),
        "label": _("Envelope %(envelope)s; the ranked dossiers ask for %(total)s.")
        % {"envelope": _sum(call.envelope), "total": _sum(total)},
        "value_text": _("asked for %(sum)s") % {"sum": _sum(total)},
        "limit_text": _("limit %(sum)s") % {"sum": _sum(call.envelope)},
    }


def rule_words(rules: CallRules) -> list[tuple[str, str]]:
    methods = {
        "mean": _("plain mean of the experts' sums"),
        "trimmed": _("mean without one highest and one lowest sum, from %(n)s experts on")
        % {"n": rules.trim_from},
        "median": _("median of the experts' sums"),
    }
    names = {
        "employment": _("employment contribution"),
        "net_new_jobs": _("net new jobs"),
        "quality": _("project quality"),
    }
    ties = [names[key] for key in rules.ties] + [_("joint decision")]
    return [
        (_("Experts"), methods[rules.aggregation]),
        (
            _("Scores needed"),
            ngettext(
                "at least %(n)s signed sheet", "at least %(n)s signed sheets", rules.min_scores
            )
            % {"n": rules.min_scores},
        ),
        (_("Entry score"), _("%(floor)s points") % {"floor": rules.floor}),
        (pgettext("ranking", "Ties"), " → ".join(ties)),
        *((str(label), str(value)) for label, value in hearing_rows(rules)),
        *quota_rows(rules),
    ]


def tie_groups(entries: list[RankingEntry]) -> list[list[RankingEntry]]:
    groups: dict[int | None, list[RankingEntry]] = {}
    for entry in entries:
        if entry.tied:
            groups.setdefault(entry.rank, []).append(entry)
    return list(groups.values())


def decisions(
    request: SignedInRequest, call: Call, entries: list[RankingEntry]
) -> list[dict[str, Any]]:
    titles = {e.application_id: e.application.title for e in entries}
    rows = call.joint_decisions.select_related("proposed_by", "confirmed_by").order_by("pk")
    decides = has_any_role(request.user, Role.PROGRAMME_OFFICER, Role.APPROVER)
    may = decides and other_part(call) is None
    return [
        {
            "row": row,
            "order": [titles.get(pk, str(pk)) for pk in row.order],
            "may_confirm": may
            and row.confirmed_at is None
            and row.proposed_by_id != request.user.pk
            and call.status == CallStatus.RANKED,
        }
        for row in rows
    ]


def has_news(found: Ranking | None, known: list[dict[str, Any]]) -> bool:
    """A joint decision was confirmed after the ranking was computed."""
    confirmed = [item["row"].confirmed_at for item in known if item["row"].confirmed_at]
    return found is not None and any(at > found.computed_at for at in confirmed)
