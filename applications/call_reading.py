"""A call for reading: its rules in words, its score sheet as rows, its way as a timeline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy, pgettext
from django.utils.translation import gettext_lazy as _

from applications import sheet
from applications.call_rules import CallRules
from applications.models import Call, CallStatus
from audit.models import Event

AGGREGATIONS = {
    "trimmed": _("mean without the highest and the lowest, from %(n)s scores on"),
    "mean": _("plain mean"),
    "median": _("median"),
}
CUT_OFFS = {
    "strict": _("strict order"),
    "skip": _("skip and fill"),
    "partial": _("the last one gets what is left"),
}
MATCHES = {
    "total": _("the sum over all dossiers of how well the experts fit"),
    "least": _("how well the experts fit the dossier that comes off worst"),
}
PANELS = {
    "pooled": _("all in one list"),
    "quota": _("each its share of the money, by its dossiers"),
}
SHORTLISTS = {
    "times": _("in the order of the paper review, until the sums reach %(n)s envelopes"),
    "floor": _("every dossier that reaches the merit floor on paper"),
}
TIES = {
    "employment": _("employment contribution"),
    "net_new_jobs": _("net new jobs"),
    "quality": _("project quality"),
}
CALL_STEPS: dict[str, Promise] = {
    "create": _("Drafted"),
    "propose": _("Proposed for publication"),
    "send_back": _("Sent back to the draft"),
    "publish": _("Published"),
    "withdraw_publication": _("Taken back before opening"),
    "to_screened": _("Screening closed"),
    "to_in_review": _("Review opened"),
    "to_hearing": _("Paper review closed"),
    "to_scored": _("Scoring closed"),
    "to_ranked": _("Ranking computed"),
    "to_decided": _("Funding list approved"),
    "to_on_notice": _("Put on public notice"),
    "to_awarded": _("Awards decided"),
    "to_closed": _("Closed"),
}

Row = tuple[str | Promise, str | Promise]


def rule_rows(rules: CallRules) -> list[Row]:
    """The rules as (label, value), in the order a reader asks for them."""
    days = ngettext_lazy("%(n)s working day", "%(n)s working days", "n")
    return [
        *_expert_rows(rules),
        (_("Locked score sheets needed"), str(rules.min_scores)),
        (
            _("Experts of the applicant's region"),
            _("left out") if rules.exclude_same_region else _("admitted"),
        ),
        (_("Aggregation"), AGGREGATIONS[rules.aggregation] % {"n": rules.trim_from}),
        (_("Ties are decided by"), " → ".join(str(TIES[k]) for k in rules.ties)),
        (_("Merit floor"), f"{rules.floor}"),
        *hearing_rows(rules),
        (_("Funding line"), CUT_OFFS[rules.cut_off]),
        (_("Panels"), PANELS[rules.panels]),
        (
            _("Most for one industry"),
            quota_words(rules.most_per_industry, rules.percent_per_industry),
        ),
        (
            _("Most for one prefecture"),
            quota_words(rules.most_per_prefecture, rules.percent_per_prefecture),
        ),
        (_("Instalments"), " / ".join(f"{p}%" for p in rules.instalments)),
        *closure_rows(rules),
        (_("Quota of a recommending region"), str(rules.regional_quota)),
        (_("Correction"), days % {"n": rules.correction_days}),
        (_("Screening"), days % {"n": rules.screening_days}),
        (_("Scoring"), days % {"n": rules.scoring_days}),
        (_("Firm's view of a site check"), days % {"n": rules.site_view_days}),
        *_part_rows(rules),
        (_("Public notice"), days % {"n": rules.notice_days}),
        (_("Answer to an objection"), days % {"n": rules.objection_answer_days}),
        (
            _("Asking for the review of an objection"),
            days % {"n": rules.objection_review_days},
        ),
        (_("Signing the agreement"), days % {"n": rules.agreement_days}),
    ]


def _part_rows(rules: CallRules) -> list[Row]:
    """How long a firm has to answer a part; nothing where nobody is offered one."""
    if rules.cut_off != "partial":
        return []
    days = ngettext_lazy("%(n)s working day", "%(n)s working days", "n") % {
        "n": rules.part_answer_days
    }
    return [(_("Firm's answer to a part offered"), days)]


def _expert_rows(rules: CallRules) -> list[Row]:
    """By panels or by application, and how many."""
    if not rules.by_application:
        return [(_("Experts in a panel"), str(rules.panel_size))]
    return [
        (_("Experts for each dossier"), str(rules.panel_size)),
        (_("Dossiers of one expert, at most"), str(rules.most_dossiers)),
        (_("What is made greatest"), MATCHES[rules.match]),
    ]


def hearing_rows(rules: CallRules) -> list[Row]:
    """The hearing's rules; nothing where there is none."""
    if not rules.has_hearing:
        return []
    weight = _("paper review %(paper)s%%, hearing %(hearing)s%%")
    minutes = _("%(presenting)s minutes to present, %(questions)s for questions")
    return [
        (
            _("Weights of the two stages"),
            weight % {"paper": 100 - rules.hearing_percent, "hearing": rules.hearing_percent},
        ),
        (_("Shortlist"), SHORTLISTS[rules.hearing_shortlist] % {"n": rules.hearing_times}),
        (
            _("Hearing of a dossier"),
            minutes
            % {"presenting": rules.hearing_presenting, "questions": rules.hearing_questions},
        ),
        (_("Order of the hearing"), _("by lot, from the seed of the expert draw")),
    ]


def closure_rows(rules: CallRules) -> list[Row]:
    """What holds after the award: jobs, reports, changes, recall, clawback, grades, credit."""
    days = ngettext_lazy("%(n)s working day", "%(n)s working days", "n")
    jobs = _("cut in proportion under %(cut)s%% of the jobs promised, not paid under %(fail)s%%")
    grades = _("excellent from %(excellent)s points, good from %(good)s, fair from %(fair)s")
    return [
        (
            _("Last instalment"),
            jobs % {"cut": rules.jobs_cut_below, "fail": rules.jobs_fail_below},
        ),
        (
            _("Mid-term check"),
            _("before instalment %(n)s") % {"n": rules.midterm_before}
            if rules.midterm_before
            else _("none"),
        ),
        (_("Progress report after a quarter"), days % {"n": rules.report_due_days}),
        (
            _("Changes for the approver"),
            _("above %(n)s%% of the sum, a target or the time") % {"n": rules.amendment_percent},
        ),
        (
            _("Idle projects"),
            ngettext_lazy(
                "recalled after %(months)s month; reply within %(days)s working days",
                "recalled after %(months)s months; reply within %(days)s working days",
                "months",
            )
            % {"months": rules.idle_months, "days": rules.recall_reply_days},
        ),
        (
            _("Clawback"),
            ngettext_lazy(
                "%(rate)s%% a year by days; paid back within %(days)s working day",
                "%(rate)s%% a year by days; paid back within %(days)s working days",
                "days",
            )
            % {"rate": rules.interest_rate, "days": rules.clawback_days},
        ),
        (
            _("Grades of acceptance"),
            grades % dict(zip(("excellent", "good", "fair"), rules.grades, strict=True)),
        ),
        (
            _("Credit records"),
            ngettext_lazy("expire after %(n)s year", "expire after %(n)s years", "n")
            % {"n": rules.credit_years},
        ),
    ]


def quota_words(most: int | None, percent: int | None) -> str:
    """The most that one industry or prefecture may get, or that there is no limit."""
    words = []
    if most is not None:
        words.append(ngettext("%(n)d project", "%(n)d projects", most) % {"n": most})
    if percent is not None:
        words.append(gettext("%(percent)d%% of the envelope") % {"percent": percent})
    return pgettext("between limits", ", ").join(words) or gettext("no limit")


def quota_rows(rules: CallRules) -> list[tuple[str, str]]:
    """What else than the rank decides about money; nothing where no quota is frozen."""
    industry = (rules.most_per_industry, rules.percent_per_industry)
    prefecture = (rules.most_per_prefecture, rules.percent_per_prefecture)
    rows = []
    if rules.panels == "quota":
        rows.append((gettext("Panels"), str(PANELS[rules.panels])))
    if any(industry):
        rows.append((gettext("Most for one industry"), quota_words(*industry)))
    if any(prefecture):
        rows.append((gettext("Most for one prefecture"), quota_words(*prefecture)))
    return rows


def sheet_rows(tree: Any) -> list[dict[str, Any]]:
    """The sheet as rows: level 1 dimension, 2 indicator, 3 leaf; [] when it cannot be read."""
    try:
        parsed = sheet.parse(tree)
    except sheet.SheetError:
        return []
    language = get_language() or "zh-hans"
    rows: list[dict[str, Any]] = []
    for dimension in parsed.dimensions:
        rows.append(_row(dimension, 1, language, kind=dimension.kind))
        for indicator in dimension.indicators:
            rows.append(_row(indicator, 2, language))
            rows += [_row(leaf, 3, language, mode=leaf.mode) for leaf in indicator.leaves]
    return rows


def _row(
    node: sheet.Node, level: int, language: str, *, kind: str = "", mode: str = ""
) -> dict[str, Any]:
    return {
        "code": node.code,
        "name": node.name(language),
        "weight": node.weight,
        "level": level,
        "kind": kind,
        "mode": mode,
    }


def listed(items: list[dict[str, Any]], words: str, mark: str) -> list[dict[str, Any]]:
    """A call's list with its words in the reader's language and its mark."""
    english = (get_language() or "").startswith("en")
    return [
        {
            "code": item["code"],
            "words": item[f"{words}_{'en' if english else 'zh'}"],
            "mark": item.get(mark, False),
        }
        for item in items
    ]


def timeline(call: Call, events: Iterable[Event], now: datetime) -> list[dict[str, Any]]:
    """What happened to the call, for `components/timeline.html`."""
    entries: list[dict[str, Any]] = [
        {
            "at": e.at,
            "text": CALL_STEPS[step],
            "who": e.actor_name,
            "note": e.reason,
            "state": "past",
        }
        for e in events
        if (step := e.action.removeprefix("call.")) in CALL_STEPS
    ]
    if entries:
        entries[-1]["state"] = "now"
    if call.status == CallStatus.PUBLISHED:
        instants = ((call.opens_at, _("Opens")), (call.closes_at, _("Closes")))
        entries += [
            {"at": at, "text": text, "state": "past" if at <= now else "next"}
            for at, text in instants
        ]
        entries.sort(key=lambda entry: entry["at"])
    return entries
