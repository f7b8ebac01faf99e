"""Forms of the draw and of the time of scoring. They read; services write."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.clock import SHANGHAI


class PrepareForm(forms.Form):
    """What is named before the draw: why it is made again, and a public value to be awaited."""

    reason = forms.CharField(
        label=_("Why a new draw"),
        max_length=400,
        required=False,
        help_text=_("Published with the draw: name nobody."),
    )
    public_entropy_source = forms.CharField(
        label=_("Public value to be mixed in"),
        required=False,
        max_length=200,
        help_text=_(
            "Optional: a number that nobody knows yet and everybody will be able to look up, "
            "as the front numbers of a national lottery draw on a named day."
        ),
    )
    public_entropy_from = forms.DateTimeField(
        label=_("Known from"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("The instant before which nobody can know the value. The draw waits for it."),
    )

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


def _digits(text: str) -> str:
    """The digits of a number as people write it down: in groups, on two lines."""
    return "".join(text.split()).lower()


def _number(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=120,
        help_text=hint,
        widget=forms.Textarea(
            attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        ),
    )


class SealForm(forms.Form):
    """A number to be sealed, kept by the person alone."""

    secret = _number(
        _("Your number"),
        _(
            "Generated just now on this page and stored nowhere. Keep it, or replace it by 64 "
            "hexadecimal digits of your own, as from dice."
        ),
    )
    kept = forms.BooleanField(
        label=_("I have written the number down or saved it where only I can read it."),
        error_messages={
            "required": _("Keep the number first: it is asked for again and never shown again.")
        },
    )

    def clean_secret(self) -> str:
        return _digits(self.cleaned_data["secret"])


class RevealForm(forms.Form):
    """The number as it was sealed."""

    secret = _number(_("The number you sealed"), _("64 hexadecimal digits, as you kept them."))

    def clean_secret(self) -> str:
        return _digits(self.cleaned_data["secret"])


class PressForm(RevealForm):
    """The officer's number, and the public value if one was named."""

    public_entropy = forms.CharField(
        label=_("The public value named beforehand"), max_length=200, required=False
    )

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if source:
            self.fields["public_entropy"].required = True
            self.fields["public_entropy"].help_text = source
        else:
            del self.fields["public_entropy"]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class VoidForm(forms.Form):
    """Why a draw is void; everybody reads it once the review is closed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Published with the draw: name nobody."),
    )


class DueForm(forms.Form):
    """A last day and its hour, by Beijing time."""

    day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def due_at(self) -> datetime:
        """The instant the two fields name."""
        hour: time = self.cleaned_data["hour"]
        return datetime.combine(self.cleaned_data["day"], hour, SHANGHAI)


class ExtendForm(DueForm):
    """More time, with its reason."""

    reason = forms.CharField(label=_("Reason"), max_length=400)


class ShortfallForm(forms.Form):
    """Why dossiers go on with too few scores."""

    reason = forms.CharField(
        label=_("Reason for going on all the same"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
