"""The form of an objection to a credit record, and of the answer."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CreditForm(forms.Form):
    """Some sentences; the page says what they are."""

    text = forms.CharField(
        label=_("What you object to"),
        help_text=_("At least ten characters."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
