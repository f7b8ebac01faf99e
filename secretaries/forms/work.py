"""Forms of secretaries, firms and the lead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.contacts import TelephoneField
from accounts.models import Organisation, Region, User
from applications.models import Industry
from secretaries.models import (
    RequestCategory,
    RequestLevel,
    RequestStatus,
    ServiceSecretary,
    VisitKind,
)

DATE = {"type": "date"}


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )


def _text(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class VisitForm(forms.Form):
    """A visit as it is written down on the spot."""

    on = _day(_("Day"))
    kind = forms.ChoiceField(label=_("How"), choices=VisitKind, widget=forms.RadioSelect)
    people = forms.CharField(label=_("Who took part"), max_length=200)
    summary = _text(_("What was seen and said"), 4, max_length=4000)
    next_action = forms.CharField(label=_("Next step"), max_length=300, required=False)


class RequestForm(forms.Form):
    """What the project needs."""

    title = forms.CharField(
        label=_("Subject"), max_length=80, help_text=_("For example: 10 kV power connection")
    )
    category = forms.ChoiceField(label=_("About"), choices=RequestCategory)
    level = forms.ChoiceField(
        label=_("Difficulty"),
        choices=RequestLevel,
        widget=forms.RadioSelect,
        initial="general",
        help_text=_(
            "General: one department. Complex: several, 15 working days. Hard: 30 working days."
        ),
    )
    text = _text(_("What is needed"), 5, max_length=4000)


class RequestFilter(forms.Form):
    """Which requests to show."""

    text = forms.CharField(label=_("Number, subject or project"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all states")), *RequestStatus.choices],
    )
    category = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("all")), *RequestCategory.choices]
    )


class ActForm(forms.Form):
    """An act on a request that needs words."""

    text = _text(_("Text"), 4, max_length=4000)


class PassForm(forms.Form):
    """Which department holds the request now."""

    unit = forms.CharField(label=_("Department"), max_length=80)
    text = forms.CharField(label=_("Remark"), max_length=400, required=False)


class AppointForm(forms.Form):
    """Appointment by hand."""

    secretary = forms.ModelChoiceField(
        label=_("Secretary"), queryset=ServiceSecretary.objects.none(), widget=forms.RadioSelect
    )
    reason = _text(
        _("Reason"), 3, max_length=2000, help_text=_("10 to 2,000 characters; it is kept.")
    )

    def __init__(self, *args: Any, secretaries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secretary"].queryset = secretaries  # type: ignore[attr-defined]


class HandOverForm(AppointForm):
    """Handover to somebody else."""

    reason = _text(
        _("Handover note"),
        5,
        max_length=2000,
        help_text=_("What is under way, what is promised, whom to ask."),
    )


class ProfileForm(forms.Form):
    """A secretary's profile."""

    user = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose …")
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Organisation.objects.exclude(kind="firm").order_by("name"),
        empty_label=_("Choose …"),
    )
    phone = TelephoneField(label=_("Telephone"), required=False)
    regions = forms.ModelMultipleChoiceField(
        label=_("Serves"),
        queryset=Region.objects.filter(in_zone=True).exclude(level="province"),
        widget=forms.CheckboxSelectMultiple,
    )
    industries = forms.ModelMultipleChoiceField(
        label=_("Industries"),
        queryset=Industry.objects.all(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every industry."),
    )
    max_load = forms.IntegerField(label=_("Projects at most"), min_value=1, max_value=20, initial=3)
    active_from = _day(_("Term from"))
    active_to = _day(_("Term to"), required=False, help_text=_("Leave empty for no end."))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Days off duty."""

    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
