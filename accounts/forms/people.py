"""What administrators enter about people, roles and calendars."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import selectors
from accounts.forms.contacts import EmailField
from accounts.forms.firms import RegionField
from accounts.models import Organisation, OrganisationKind, User
from accounts.roles import REGIONAL, Role

NO_UNIT = {OrganisationKind.FIRM}


class PeopleFilter(forms.Form):
    q = forms.CharField(
        label=_("Name, sign-in name or e-mail"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter", "All")),
            ("active", _("in use")),
            ("disabled", _("disabled")),
            ("proposed", _("a role waits for confirmation")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [
            ("", pgettext_lazy("filter", "All")),
            *Role.choices,
            ("applicant", _("acts for a firm")),
            ("none", _("no role, no firm")),
        ]

    def chosen(self) -> dict[str, str]:
        """What to look for; a value nobody offers asks for nothing."""
        if not self.is_bound:
            return {}
        self.is_valid()
        data = self.cleaned_data
        return {
            "text": data.get("q", ""),
            "role": data.get("role", ""),
            "state": data.get("state", ""),
        }


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    email = EmailField(label=_("E-mail"), help_text=_("The link to set a password is sent there."))
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Organisation.objects.exclude(kind__in=NO_UNIT).order_by("name"),
        required=False,
        empty_label=_("none"),
    )
    region = RegionField(label=_("City or county"), required=False)

    @classmethod
    def of(cls, person: User) -> "PersonForm":
        return cls(
            initial={
                "name": person.name,
                "email": person.email,
                "unit": person.unit_id,
                "region": person.region_id,
            }
        )


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=150,
        help_text=_("Letters, digits and . _ - +; cannot be changed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "username", "email", "unit", "region")


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose …")), *Role.choices])
    region = forms.ModelChoiceField(
        label=_("Region of the regional officer"),
        queryset=selectors.regions_in_zone(),
        required=False,
        empty_label=_("none"),
        help_text=_("Only for a regional officer. A city covers the counties that report to it."),
    )
    reason = forms.CharField(
        label=_("Ground"),
        max_length=400,
        help_text=_("Such as the appointment's document number."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") in REGIONAL and not data.get("region"):
            self.add_error("region", _("Choose the region of the regional officer."))
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)


class CalendarForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"), min_value=2000, max_value=2100, widget=forms.TextInput()
    )
    source_no = forms.CharField(
        label=_("Number of the notice"),
        max_length=40,
        help_text=_("Such as 国办发明电〔2025〕7号."),
    )
    text = forms.CharField(
        label=_("Text of the notice"),
        max_length=20_000,
        help_text=_("Paste the State Council's notice as it was published, with its numbers."),
        widget=forms.Textarea(attrs={"rows": 12, "lang": "zh-Hans"}),
    )
    year.width = source_no.width = "mid"  # type: ignore[attr-defined]  # read by {% field %}
