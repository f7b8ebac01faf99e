"""How one entry came about, from the leaf to the rank, as plain values and sentences.

The office reads every expert by pseudonym. The firm reads the same sums by number: experts stand
by their sums, and equal sums in an order that only this house can compute, so that no number leads
to a pseudonym or to another dossier.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from applications import reading
from applications.call_rules import CallRules
from applications.sheet import Sheet, parse_hearing
from calendars.wording import day_text
from reviews.formula_words import formula_words
from reviews.models import RankingEntry, Recusal, Stage
from reviews.office_words import DECIDED_BY, ENTRY_STATES, OFF_SHORTLIST
from reviews.scoring.formulas import FORMULAS
from reviews.selectors import placing as places
from reviews.selectors import rankings as ranked
from reviews.selectors.rankings import Judge, Said
from reviews.selectors.sheets import full_marks
from reviews.site_figures import CHECKED
from reviews.site_words import corrections_shown, site_veto_words
from reviews.views.entry_place import place_of
from reviews.views.expert_words import NOTES, VETOES, language
from reviews.views.ranking_page import rule_words

SALT = "reviews.experts-of-a-dossier"


def page(entry: RankingEntry, sheet: Sheet, *, named: bool) -> dict[str, Any]:
    """Everything the page shows. `named`: experts by pseudonym, and what others ask for."""
    rules = CallRules.from_data(entry.ranking.rules)
    by_stage = ranked.said_of(entry.application)
    said = by_stage[Stage.PAPER]
    judges = ranked.judges_of(entry.details["experts"])
    labels = _labels(entry, judges, said.comments, named=named)
    if not named:
        judges.sort(key=lambda judge: list(labels).index(judge.pseudonym))
    details = entry.details
    decision = places.joint_decision_on(entry) if details["decided_by"] == "joint" else None
    return {
        "entry": entry,
        "application": entry.application,
        "named": named,
        "state_label": ENTRY_STATES[entry.state],
        "unheard": str(OFF_SHORTLIST[entry.state]) if "paper_rank" in details else "",
        "full": full_marks(sheet, entry.ranking.call),
        "vetoes": [
            VETOES.get(key) or site_veto_words(entry.ranking.call, key) for key in details["vetoes"]
        ],
        "corrected": corrections_shown(details.get("site", {})),
        "decided": DECIDED_BY.get(details["decided_by"], ""),
        "minutes_no": decision.minutes_no if decision is not None else "",
        "parts": {name: _number(details[name]) for name in PARTS},
        "hearing": hearing_of(entry, rules, by_stage[Stage.HEARING], named=named),
        "formula": _formula(entry, sheet),
        "leaves": [
            {"code": leaf.code, "name": leaf.name(language()), "max": leaf.weight}
            for leaf in sheet.expert_leaves()
        ],
        "expert_max": sheet.expert_max,
        "judge_rows": _judge_rows(judges, labels, said, sheet, rules),
        "mean": _mean(judges, *(_number(details[name]) for name in PARTS[2:])),
        "voided": _voided(ranked.voided_of(entry.application), named=named),
        "place": place_of(entry, rules, named=named),
        "rules": rule_words(rules),
        "comments": _comments(said.comments, labels, sheet),
    }


PARTS = ("formula_quality", "formula_employment", "expert_quality", "expert_employment")


def _number(text: str) -> Decimal | None:
    return None if text in ("", "None") else Decimal(text)


def _labels(
    entry: RankingEntry,
    judges: Sequence[Judge],
    said: Mapping[tuple[str, str], str],
    *,
    named: bool,
) -> dict[str, str]:
    """What each expert is called here, in the order of the page."""
    sums = {judge.pseudonym: judge.total for judge in judges}
    others = {who for who, _leaf in said} - sums.keys()
    everyone = sorted(
        [*sums, *others],
        key=lambda who: (
            -sums.get(who, Decimal(-1)),
            who
            if named
            else salted_hmac(SALT, f"{entry.pk}:{who}", algorithm="sha256").hexdigest(),
        ),
    )
    if named:
        return {who: who for who in everyone}
    return {who: _("Expert %(n)s") % {"n": n} for n, who in enumerate(everyone, start=1)}


def _formula(entry: RankingEntry, sheet: Sheet) -> list[dict[str, Any]]:
    """Formula leaves, each with the figures that a site check corrected in it."""
    corrected = corrections_shown(entry.details.get("site", {}))
    return [
        {
            "code": row["leaf"].code,
            "name": row["leaf"].name(language()),
            "bar": "q" if row["kind"] == "quality" else "j",
            "score": Decimal(row["score"]),
            "max": Decimal(row["max"]),
            "rule": formula_words(row["leaf"]),
            "working": row["working"] or _chosen(row["given"]),
            "note": NOTES.get(row["note"], ""),
            "corrected": [
                c for c in corrected if c["field"] in FORMULAS[row["leaf"].formula].needs
            ],
        }
        for row in ranked.formula_rows(entry, sheet)
    ]


def _chosen(given: Mapping[str, str]) -> str:
    """The choice that a leaf's points follow from, where nothing is added up."""
    fields = [CHECKED[key] for key in given if key in CHECKED]
    shown = [(field.label, reading.shown(field, given, {})) for field in fields]
    return pgettext("between facts", "; ").join(
        _("%(label)s: %(value)s") % {"label": label, "value": value or "—"}
        for label, value in shown
    )


def _judge_rows(
    judges: Sequence[Judge],
    labels: Mapping[str, str],
    said: Said,
    sheet: Sheet,
    rules: CallRules,
) -> list[dict[str, Any]]:
    leaves = [leaf.code for leaf in sheet.expert_leaves()]
    totals = [judge.total for judge in judges]
    return [
        {
            "label": labels[judge.pseudonym],
            "judge": judge,
            "marks": [(code, said.marks.get((judge.pseudonym, code))) for code in leaves],
            "counts": _counts(judge, totals, rules),
        }
        for judge in judges
    ]


def _voided(found: Sequence[Recusal], *, named: bool) -> list[str]:
    """Whose signed marks do not count, and since when; for the firm how many."""
    if not named:
        words = ngettext(
            "The signed marks of %(n)s more expert are void: a conflict of interest was found.",
            "The signed marks of %(n)s more experts are void: a conflict of interest was found.",
            len(found),
        )
        return [words % {"n": len(found)}] if found else []
    return [
        _("The signed marks of %(expert)s are void since %(day)s: %(ground)s.")
        % {
            "expert": row.expert.pseudonym,
            "day": day_text(row.recorded_at, language(), year_now=None),
            "ground": row.get_ground_display(),
        }
        for row in found
    ]


def _counts(judge: Judge, totals: Sequence[Decimal], rules: CallRules) -> tuple[str, str]:
    """A tone and why a sum counts as it does."""
    share, tone = judge.share, "stop" if judge.trimmed else "line"
    if share == 1:
        return "done", _("counts")
    if rules.aggregation == "median":
        words = _("not in the middle, left out") if judge.trimmed else _("in the middle: %(share)s")
    elif min(totals) == max(totals):
        words = _("all sums equal: %(share)s")
    elif judge.total == max(totals):
        words = _("highest, left out") if judge.trimmed else _("shares the highest: %(share)s")
    else:
        words = _("lowest, left out") if judge.trimmed else _("shares the lowest: %(share)s")
    return tone, words % {"share": share}


def hearing_of(
    entry: RankingEntry, rules: CallRules, said: Said, *, named: bool
) -> dict[str, Any] | None:
    """The second stage, and how both come together; None where there is no hearing."""
    told = entry.details.get("hearing")
    if told is None:
        return None
    sheet = parse_hearing(entry.ranking.call.hearing_sheet)
    judges = ranked.judges_of(told["experts"])
    labels = _labels(entry, judges, said.comments, named=named)
    if not named:
        judges.sort(key=lambda judge: list(labels).index(judge.pseudonym))
    paper, spoken = _stage(told["paper"]), _stage(told["points"])
    return {
        "percent": told["percent"],
        "rest": 100 - told["percent"],
        "paper": paper,
        "points": spoken,
        "came": entry.state != "absent",
        "leaves": [
            {"code": leaf.code, "name": leaf.name(language()), "max": leaf.weight}
            for leaf in sheet.expert_leaves()
        ],
        "expert_max": sheet.expert_max,
        "judge_rows": _judge_rows(judges, labels, said, sheet, rules),
        "mean": _mean(judges, spoken.get("quality"), spoken.get("employment")),
        "sums": _weighing(entry, paper, spoken, told["percent"]),
        "comments": _comments(said.comments, labels, sheet),
    }


def _stage(points: Mapping[str, str] | None) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in (points or {}).items()}


def _weighing(
    entry: RankingEntry, paper: Mapping[str, Decimal], spoken: Mapping[str, Decimal], percent: int
) -> dict[str, str] | None:
    """Both stages by their weights, written out; None where one of them is missing."""
    if entry.total is None or entry.employment is None or not (paper and spoken):
        return None
    sums = {}
    for name, result in (("total", entry.total), ("employment", entry.employment)):
        exact = Fraction(paper[name]) * (100 - percent) + Fraction(spoken[name]) * percent
        sign = "=" if exact == 100 * Fraction(result) else "≈"
        sums[name] = (
            f"{paper[name]:.2f} × {100 - percent}% + {spoken[name]:.2f} × {percent}%"
            f" {sign} {result:.2f}"
        )
    rest = entry.total - entry.employment
    return sums | {"quality": f"{entry.total:.2f} − {entry.employment:.2f} = {rest:.2f}"}


def _mean(
    judges: Sequence[Judge], quality: Decimal | None, employment: Decimal | None
) -> dict[str, str] | None:
    """The sums of what counts, written out; None where no sheet counts."""
    if quality is None or employment is None:
        return None
    return {
        "total": _division([(judge.total, judge.share) for judge in judges], quality + employment),
        "employment": _division([(judge.employment, judge.share) for judge in judges], employment),
        "quality": f"{quality + employment:.2f} − {employment:.2f} = {quality:.2f}",
    }


def _division(rows: Sequence[tuple[Decimal, Fraction]], result: Decimal) -> str:
    """(23.50 + 1/2 × 24.00 …) ÷ 5 = 23.40, with ≈ where the result is rounded."""
    counted = [(value, share) for value, share in rows if share]
    terms = [f"{value:.2f}" if s == 1 else f"{s} × {value:.2f}" for value, s in counted]
    whole = sum((s for _value, s in counted), Fraction(0))
    exact = sum((Fraction(value) * s for value, s in counted), Fraction(0)) / whole
    sign = "=" if exact == Fraction(result) else "≈"
    return f"({' + '.join(terms)}) ÷ {whole} {sign} {result:.2f}"


def _comments(
    said: Mapping[tuple[str, str], str], labels: Mapping[str, str], sheet: Sheet
) -> list[dict[str, Any]]:
    """What experts wrote, leaf by leaf."""
    leaves = [(leaf.code, f"{leaf.code} {leaf.name(language())}") for leaf in sheet.expert_leaves()]
    groups = []
    for code, name in [*leaves, ("", _("Overall comment"))]:
        texts = [(label, said[who, code]) for who, label in labels.items() if said.get((who, code))]
        if texts:
            groups.append({"name": name, "said": texts})
    return groups
