"""The form of a call's rules: every number and mode that the review obeys."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from itertools import permutations
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import recommending_regions
from applications.call_content import rule_problem
from applications.call_rules import TIE_KEYS, CallRules, RulesError

DAYS = _("working days")


def _count(label: Any, unit: Any = "", hint: Any = "") -> forms.IntegerField:
    field = forms.IntegerField(label=label, min_value=0, max_value=9999, help_text=hint)
    field.unit = unit  # type: ignore[attr-defined]  # read by the field tag
    return field


def _optional(field: forms.Field) -> Any:
    """Of a hearing; what is left out has its usual value."""
    field.required = False
    return field


def _limit(label: Any, unit: Any = "") -> forms.IntegerField:
    """A quota of the funding line; empty: no limit."""
    field = _count(label, unit, _("Empty: no limit."))
    field.required = False
    return field


TIE_NAMES = {
    "employment": _("employment contribution"),
    "net_new_jobs": _("net new jobs"),
    "quality": _("project quality"),
}


class RulesForm(forms.Form):
    """Every number and mode of `CallRules`."""

    experts = forms.ChoiceField(
        label=_("Experts are drawn"),
        widget=forms.RadioSelect,
        choices=(
            ("panel", _("by panels: a panel's experts score all of its dossiers")),
            ("application", _("by application: each dossier gets the experts that fit it best")),
        ),
        help_text=_(
            "By application neither are kinds of experts mixed nor experts of one employer kept "
            "apart."
        ),
    )
    panel_size = _count(
        _("Experts in a panel"), "", _("An odd number. By application: experts for each dossier.")
    )
    most_dossiers = _count(
        _("Dossiers of one expert, at most"), "", _("Only where experts are drawn by application.")
    )
    match = forms.ChoiceField(
        label=_("What is made greatest"),
        widget=forms.RadioSelect,
        choices=(
            ("total", _("the sum over all dossiers of how well the experts fit")),
            ("least", _("how well the experts fit the dossier that comes off worst")),
        ),
        help_text=_("Only where experts are drawn by application."),
    )
    min_scores = _count(_("Locked score sheets needed"))
    alternates = _count(_("Alternates drawn per seat"))
    max_panels = _count(_("Panels one expert may sit in"))
    max_single_recusals_percent = _count(_("Single recusals an expert may have"), "%")
    exclude_same_region = forms.BooleanField(
        label=_("Leave out experts of the applicant's region"), required=False
    )
    aggregation = forms.ChoiceField(
        label=_("Aggregation"),
        widget=forms.RadioSelect,
        choices=(
            ("trimmed", _("mean without the highest and the lowest")),
            ("mean", _("plain mean")),
            ("median", _("median")),
        ),
    )
    trim_from = _count(_("Drop highest and lowest from this many scores on"))
    ties = forms.ChoiceField(label=_("Ties are decided by"))
    floor = forms.DecimalField(
        label=_("Merit floor"), max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    cut_off = forms.ChoiceField(
        label=_("Funding line"),
        widget=forms.RadioSelect,
        choices=(
            ("strict", _("strict order: stop at the first that does not fit")),
            ("skip", _("skip and fill: the next that fits")),
            ("partial", _("the last one gets what is left")),
        ),
    )
    panels = forms.ChoiceField(
        label=_("Several panels"),
        widget=forms.RadioSelect,
        choices=(
            ("pooled", _("one list: the money goes down the joint ranking")),
            ("quota", _("shares: each panel has money in proportion to its dossiers")),
        ),
        help_text=_("What the panels' shares leave goes down the joint ranking."),
    )
    most_per_industry = _limit(_("Projects of one industry, at most"))
    percent_per_industry = _limit(_("Money for one industry, at most"), "%")
    most_per_prefecture = _limit(_("Projects of one prefecture, at most"))
    percent_per_prefecture = _limit(_("Money for one prefecture, at most"), "%")
    hearing_percent = _optional(
        _count(
            _("Weight of a hearing"),
            "%",
            _("0: no hearing. The paper review has what is left of 100."),
        )
    )
    hearing_shortlist = forms.ChoiceField(
        label=_("Who comes to the hearing"),
        required=False,
        widget=forms.RadioSelect,
        choices=(
            (
                "times",
                _("in the order of the paper review, until the sums reach so many envelopes"),
            ),
            ("floor", _("every dossier that reaches the merit floor on paper")),
        ),
    )
    hearing_times = _optional(_count(_("How many envelopes the shortlist asks for")))
    hearing_presenting = _optional(_count(_("Time to present"), _("minutes")))
    hearing_questions = _optional(_count(_("Time for questions"), _("minutes")))
    instalments = forms.CharField(
        label=_("Instalments in percent"),
        max_length=60,
        help_text=_("For example 50/30/20; they total 100."),
    )
    jobs_cut_below = _count(
        _("Last instalment is cut below"), "%", _("Of the new jobs promised, in proportion.")
    )
    jobs_fail_below = _count(_("Last instalment is not paid below"), "%")
    midterm_before = _count(
        _("Mid-term check before instalment"), "", _("0: no mid-term check is needed.")
    )
    amendment_percent = _count(
        _("Changes above this share go to the approver"),
        "%",
        _("Of the sum, a target or the time."),
    )
    idle_months = _count(_("Idle projects are recalled after"), _("months"))
    interest_rate = forms.DecimalField(
        label=_("Interest on money paid back"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        max_value=24,
        help_text=_("Percent a year, by days (actual/365)."),
    )
    grades = forms.CharField(
        label=_("Points from which grades begin"),
        max_length=20,
        help_text=_("Excellent, good, fair; below that poor. For example 90/80/60."),
    )
    credit_years = _count(_("Credit records expire after"), _("years"))
    regional_quota = _count(_("Quota of a recommending region"))
    correction_days = _count(_("Correction"), DAYS)
    screening_days = _count(_("Screening"), DAYS)
    scoring_days = _count(_("Scoring"), DAYS)
    site_view_days = _count(
        _("Firm's view of a site check"), DAYS, _("From the day the finding is recorded.")
    )
    part_answer_days = _count(
        _("Firm's answer to a part offered"), DAYS, _("Where the last project may get a part.")
    )
    notice_days = _count(_("Public notice"), DAYS, _("The first day counts."))
    objection_answer_days = _count(_("Answer to an objection"), DAYS)
    objection_review_days = _count(
        _("Asking for the review of an objection"), DAYS, _("From the day of its answer.")
    )
    agreement_days = _count(_("Signing the agreement"), DAYS)
    request_days = _count(_("Firm's request to its secretary"), DAYS)
    report_due_days = _count(_("Progress report after a quarter"), DAYS)
    recall_reply_days = _count(_("Firm's reply to a recall"), DAYS)
    clawback_days = _count(_("Paying back what is clawed back"), DAYS)
    comment_min_chars = _count(_("Least length of a comment"))

    def __init__(self, data: Any = None, *, rules: Mapping[str, Any]) -> None:
        initial = {**asdict(CallRules()), **CallRules().to_data(), **rules}
        initial["ties"] = ",".join(initial["ties"])
        for name in ("instalments", "grades"):
            initial[name] = "/".join(str(number) for number in initial[name])
        self.quotas = dict(initial.pop("quota_by_region", {}))
        super().__init__(data, initial=initial)
        self.fields["ties"].choices = [  # type: ignore[attr-defined]  # stubs know no kinds
            (",".join(order), " → ".join(str(TIE_NAMES[k]) for k in order))
            for order in permutations(TIE_KEYS)
        ]
        for region in recommending_regions():
            name = f"quota_{region.code}"
            self.fields[name] = forms.IntegerField(
                label=_("Quota of %(region)s") % {"region": region},
                required=False,
                min_value=0,
                max_value=9999,
                initial=self.quotas.get(region.code),
            )

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if self.errors:
            return values
        try:
            values["rules"] = CallRules.from_data(self._data(values)).to_data()
        except RulesError as error:
            field = error.name if error.name in self.fields else None
            self.add_error(field, str(rule_problem(error)))
        except (TypeError, ValueError):
            for name in ("instalments", "grades"):
                if not re.fullmatch(r"[\d/,，、\s]+", values[name]):
                    self.add_error(name, _("Write whole numbers with a stroke between them."))
        return values

    def _data(self, values: dict[str, Any]) -> dict[str, Any]:
        quotas = {
            name.removeprefix("quota_"): value
            for name, value in values.items()
            if name.startswith("quota_") and value is not None
        }
        plain = {
            name: value
            for name, value in values.items()
            if not name.startswith("quota_")
            and not (name.startswith("hearing_") and value in (None, ""))
        }
        plain["ties"] = values["ties"].split(",")
        for name in ("instalments", "grades"):
            plain[name] = [int(n) for n in re.split(r"[/,，、\s]+", values[name].strip())]
        return {**plain, "quota_by_region": quotas}
