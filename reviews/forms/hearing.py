"""Forms of the hearing. They read; services write."""

from datetime import datetime, time

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.clock import SHANGHAI


class SittingForm(forms.Form):
    """When and where a panel begins to hear, by Beijing time."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("First hearing begins"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    venue = forms.CharField(
        label=pgettext_lazy("of a hearing", "Place"),
        max_length=200,
        help_text=_("Address and room, as the firms need it."),
    )

    def starts_at(self) -> datetime:
        """The instant the two fields name."""
        hour: time = self.cleaned_data["hour"]
        return datetime.combine(self.cleaned_data["day"], hour, SHANGHAI)


class CorrectionForm(forms.Form):
    """How the minutes of a hearing should read, and why."""

    number = forms.CharField(label=_("Number of the minutes"), max_length=80)
    text = forms.CharField(
        label=pgettext_lazy("of a hearing", "Minutes"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The whole text as it should read; what was kept before stays beside it."),
    )
    reason = forms.CharField(
        label=_("Why it is corrected"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class MinutesForm(forms.Form):
    """What is kept of one hearing."""

    came = forms.ChoiceField(
        label=_("Did the firm come?"),
        choices=(("yes", _("It came and was heard.")), ("no", _("It did not come."))),
        widget=forms.RadioSelect,
        help_text=_("Who did not come gets no marks at the hearing and cannot be ranked."),
    )
    number = forms.CharField(label=_("Number of the minutes"), max_length=80)
    text = forms.CharField(
        label=pgettext_lazy("of a hearing", "Minutes"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Who spoke for the firm, what was asked; no marks. Kept as written."),
    )
