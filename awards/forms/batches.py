"""Forms of batches for the treasury. They read; services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.models import Settlement


class BatchForm(forms.Form):
    """Which released payments go to the treasury together."""

    payments = forms.TypedMultipleChoiceField(
        label=_("Payments that can go"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "A payment you chose is in another batch or paid since. Choose among those below."
            )
        },
    )

    def __init__(self, *args: Any, payments: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payments"].choices = payments  # type: ignore[attr-defined]  # a ChoiceField


class AnswerFileForm(forms.Form):
    """The treasury's answer."""

    upload = forms.FileField(
        label=_("The treasury's answer"),
        help_text=_(
            "CSV or XLSX with our reference, voucher number, sum in yuan and day of payment."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class SettlementForm(forms.Form):
    """How something that does not match is settled; only what the kind needs is read."""

    kind = forms.ChoiceField(label=_("How it is settled"), widget=forms.RadioSelect)
    line = forms.TypedChoiceField(
        label=_("Payment meant"), coerce=int, required=False, empty_value=None
    )
    voucher_no = forms.CharField(
        label=_("Voucher number of the treasury"), max_length=60, required=False
    )
    paid_on = forms.DateField(
        label=_("Paid on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("At least ten characters: what the treasury said, and who asked."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(
        self, *args: Any, of_row: bool, lines: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = Settlement._meta.get_field("kind").flatchoices
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (key, words) for key, words in kinds if of_row or key != "dismiss"
        ]
        if of_row:
            self.fields["line"].choices = [("", _("choose")), *lines]  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["line"]
