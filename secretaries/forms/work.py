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


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )


def text_field(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class SeveralPhotos(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """None, one or more pictures."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        single = super().clean
        return [single(one, initial) for one in data or [] if one]


class VisitForm(forms.Form):
    """A visit as it is written down on the spot."""

    on = day_field(_("Day"))
    kind = forms.ChoiceField(label=_("How"), choices=VisitKind, widget=forms.RadioSelect)
    people = forms.CharField(label=_("Who took part"), max_length=200)
    summary = text_field(_("What was seen and said"), 4, max_length=4000)
    next_action = forms.CharField(label=_("Next step"), max_length=300, required=False)
    photos = PhotosField(
        label=_("Pictures"),
        required=False,
        help_text=_("JPG or PNG, at most nine."),
        widget=SeveralPhotos(attrs={"accept": "image/jpeg,image/png"}),
    )


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
            "General: one department. Complex: several. Hard: beyond the city. Each has its own "
            "number of working days."
        ),
    )
    text = text_field(_("What is needed"), 5, max_length=4000)
    sent_form = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


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


class AppointForm(forms.Form):
    """Appointment by hand."""

    secretary = forms.ModelChoiceField(
        label=_("Secretary"), queryset=ServiceSecretary.objects.none(), widget=forms.RadioSelect
    )
    reason = text_field(
        _("Reason"), 3, max_length=2000, help_text=_("10 to 2,000 characters; it is kept.")
    )

    def __init__(self, *args: Any, secretaries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secretary"].queryset = secretaries  # type: ignore[attr-defined]


class HandOverForm(AppointForm):
    """Handover to somebody else."""

    reason = text_field(
        _("Handover note"),
        5,
        max_length=2000,
        help_text=_("What is under way, what is promised, whom to ask."),
    )


class BackupForm(forms.Form):
    """Who stands in; nobody where it is empty."""

    backup = forms.ModelChoiceField(
        label=_("Stands in"),
        queryset=ServiceSecretary.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["backup"].queryset = people  # type: ignore[attr-defined]


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
    active_from = day_field(_("Term from"))
    active_to = day_field(_("Term to"), required=False, help_text=_("Leave empty for no end."))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """Days off duty."""

    first_day = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
