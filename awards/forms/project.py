"""Forms of a project after its award. They read; the services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.money import wan_input
from awards.forms.money import CountField, WanField
from awards.models import GROUNDS


def written(label: Any, hint: Any = "") -> forms.CharField:
    """Some sentences."""
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )


class ReasonForm(forms.Form):
    """One written reason, with the label that the page gives."""

    reason = written("")

    def __init__(self, *args: Any, label: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint or _("At least ten characters; the firm reads it.")


class ReportForm(forms.Form):
    """The firm's report of one quarter."""

    invested = WanField(
        label=_("Invested so far"), help_text=_("Total of this project, by invoices.")
    )
    insured = CountField(
        label=_("Insured staff now"), help_text=_("Headcount only; no list of ID numbers.")
    )
    text = written(_("What was done in the quarter"))


class MidTermForm(forms.Form):
    """What the mid-term check found."""

    on = forms.DateField(
        label=_("Day of the check"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    passed = forms.TypedChoiceField(
        label=_("Result"),
        choices=(("yes", _("passed")), ("no", _("to be put right"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    finding = written(_("Finding"), _("At least ten characters; the firm reads it."))


class AcceptanceForm(forms.Form):
    """The firm's application for acceptance."""

    invested = WanField(label=_("Invested in all"), help_text=_("As audited."))
    insured = CountField(
        label=_("Insured staff now"), help_text=_("Headcount only; no list of ID numbers.")
    )
    summary = written(_("How the targets of the agreement were met"))
    report = forms.FileField(
        label=_("Audit report"), help_text=_("PDF, JPG, PNG, DOCX or XLSX, up to 20 MB.")
    )


class GradeForm(forms.Form):
    """Points and reasons of the performance evaluation."""

    points = forms.DecimalField(
        label=_("Points"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("From 0 to 100; the grade follows by the call's rules."),
    )
    reasons = written(_("Reasons"), _("At least ten characters; the firm reads them."))


class AmendmentForm(forms.Form):
    """What of the agreement shall be different."""

    fixed_assets_yuan = WanField(label=_("Total fixed-asset investment"), required=False)
    promised_headcount = CountField(
        label=_("Promised headcount"),
        help_text=_("The baseline included; the jobs that are new are the promise."),
        required=False,
    )
    average_wage_yuan = WanField(label=_("Average yearly wage"), required=False)
    tax_yuan = WanField(label=_("Yearly tax"), required=False)
    amount = WanField(label=_("Sum of the award"), help_text=_("It can be lowered."))
    finishes_on = forms.DateField(
        label=_("Start of production"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = written(_("Reason"), _("At least ten characters; the office reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        typed = {"promised_headcount": int} | {
            name: wan_input for name, one in self.base_fields.items() if isinstance(one, WanField)
        }
        kwargs["initial"] = {
            name: typed[name](value) if name in typed else value
            for name, value in kwargs.get("initial", {}).items()
        }
        super().__init__(*args, **kwargs)


class TerminationForm(forms.Form):
    """An officer's proposal to end a project."""

    ground = forms.ChoiceField(label=_("Ground of the termination"), choices=list(GROUNDS.items()))
    reason = written(_("Reason"), _("At least ten characters; the firm reads it."))
    claw_back = WanField(
        label=_("To be clawed back"),
        help_text=_("Principal, of what was paid; 0 for nothing. Interest is added by the rules."),
    )


class OrderForm(forms.Form):
    """The finance department's letter that orders money back."""

    document_no = forms.CharField(label=_("Number of the letter"), max_length=80)


class RepaymentForm(forms.Form):
    """What the treasury's receipt says."""

    amount = WanField(label=_("Paid back"), help_text=_("Interest first, then principal."))
    paid_on = forms.DateField(
        label=_("Paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document_no = forms.CharField(label=_("Number of the treasury's receipt"), max_length=80)


class NothingForm(forms.Form):
    """An act that needs no words."""
