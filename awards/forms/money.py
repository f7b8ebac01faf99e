"""Forms of claims, verification and payment. They read; the services write."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.money import AmountError, parse_wan
from awards.wording import INSTALMENT_STATES


class WanField(forms.CharField):
    """An amount typed in 万元, cleaned to yuan."""

    unit = _("CNY 10,000")
    width = "mid"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "decimal"}), max_length=24, **kwargs
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = parse_wan(text)
        except AmountError:
            raise forms.ValidationError(
                _(
                    "“%(given)s” is not an amount. Write digits only, in CNY 10,000, for example"
                    " 1,260.5."
                ),
                params={"given": text[:40]},
            ) from None
        if amount < 0:
            raise forms.ValidationError(_("A negative figure cannot stand here. Enter 0 or more."))
        if amount >= Decimal(10) ** 13:
            raise forms.ValidationError(_("This amount is too large. Check the unit: CNY 10,000."))
        return amount


class CountField(forms.IntegerField):
    """A number of persons."""

    unit = _("persons")
    width = "mid"

    def __init__(self, **kwargs: Any) -> None:
        digits = forms.TextInput(attrs={"inputmode": "numeric"})
        super().__init__(widget=digits, min_value=0, max_value=200_000, **kwargs)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        single = super().clean
        if isinstance(data, list | tuple):
            return [single(one, initial) for one in data] or single(None, initial)
        return [single(data, initial)]


class ClaimForm(forms.Form):
    """What a firm brings forward for an instalment."""

    invested = WanField(
        label=_("Invested so far"), help_text=_("Total of this project, by invoices.")
    )
    insured = CountField(
        label=_("Insured staff now"), help_text=_("Headcount only; no list of ID numbers.")
    )
    statement = forms.CharField(
        label=pgettext_lazy("claim", "Progress"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        min_length=10,
    )
    evidence = FilesField(
        label=_("Evidence"),
        help_text=_(
            "Invoices, photographs, insurance certificate: PDF, JPG, PNG, DOCX or XLSX, 20 MB each."
        ),
        widget=SeveralFiles(attrs={"multiple": True}),
    )


class ScanForm(forms.Form):
    """The agreement as a side stamped it."""

    upload = forms.FileField(
        label=_("Scan of the stamped agreement"),
        help_text=_("All pages, PDF or JPG, at most 20 MB."),
        allow_empty_file=True,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg"}),
    )


class TextForm(forms.Form):
    """One written sentence or more, with its label given by the page."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)

    def __init__(self, *args: Any, label: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, hint


class PaidForm(forms.Form):
    """The treasury's voucher."""

    voucher_no = forms.CharField(label=_("Voucher number of the treasury"), max_length=60)
    paid_on = forms.DateField(
        label=_("Paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class InstalmentFilter(forms.Form):
    """Filter of the payments list."""

    text = forms.CharField(label=_("Project, firm or number"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *INSTALMENT_STATES.items()],
    )
