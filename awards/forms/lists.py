"""Forms of envelope, funding list, minutes and notices. They read; services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from awards.forms.money import WanField


def _date(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )


class CeilingForm(forms.Form):
    """A year's ceiling by its document."""

    year = forms.IntegerField(
        label=_("Year"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    ceiling = WanField(label=_("Ceiling of the year"))
    document_no = forms.CharField(label=_("Document number"), max_length=80)
    received_on = _date(
        _("Central transfer received on"),
        required=False,
        help_text=_("The 30 days of article 52 of the Budget Law run from this day."),
    )


class CarryForm(forms.Form):
    """What of an ended year goes to the next, by its document."""

    amount = WanField(label=_("Amount carried over"))
    document_no = forms.CharField(label=_("Document number"), max_length=80)


class DeviationForm(forms.Form):
    """Why one dossier should not stand where its rank puts it."""

    application = forms.TypedChoiceField(label=_("Project"), coerce=int)
    kind = forms.ChoiceField(
        label=_("What should happen"),
        choices=[("hold_back", _("hold back to the reserve")), ("lift", _("lift above the line"))],
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=1000
    )

    def __init__(self, *args: Any, projects: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].choices = projects  # type: ignore[attr-defined]  # a ChoiceField


class ApproveForm(forms.Form):
    """The decision with the minutes it stands in."""

    minutes = forms.TypedChoiceField(label=_("Minutes of the meeting"), coerce=int)
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )

    def __init__(self, *args: Any, minutes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].choices = minutes  # type: ignore[attr-defined]  # a ChoiceField


class MinutesForm(forms.Form):
    """The minutes of a meeting with the signed paper."""

    number = forms.CharField(label=_("Number of the minutes"), max_length=80)
    held_on = _date(_("Held on"))
    participants = forms.CharField(
        label=_("Participants"),
        help_text=_("One a line: name, unit and office."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
    )
    decisions = forms.CharField(
        label=_("Decisions"), widget=forms.Textarea(attrs={"rows": 6}), max_length=8000
    )
    upload = forms.FileField(
        label=_("Signed minutes"), help_text=_("The scan with signatures or seal, PDF at best.")
    )


class SendBackForm(forms.Form):
    """Why the list goes back. The name differs from the note of the approval beside it."""

    back_note = forms.CharField(
        label=_("Reason for sending it back"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )


class AllocationForm(forms.Form):
    """The finance department's letter."""

    number = forms.CharField(label=_("Number of the allocation notice"), max_length=80)
    issued_on = _date(_("Issued on"))
