"""Forms of the expert pool. They read; services write."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, OrganisationKind, Region, User
from accounts.uscc import fault, normalise
from applications.models import Industry
from reviews.models import Expert, ExpertInterest
from reviews.models.pool import Kind


class PoolFilter(forms.Form):
    """Which experts to show."""

    text = forms.CharField(label=_("Name, pseudonym or employer"), required=False, max_length=60)
    kind = forms.ChoiceField(label=pgettext_lazy("expert", "Kind"), required=False)
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    state = forms.ChoiceField(
        label=_("In the pool"),
        required=False,
        choices=(("", _("all")), ("active", _("active")), ("rests", _("resting"))),
    )

    def __init__(self, *args: Any, industries: Iterable[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("all")), *Kind.choices]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["specialty"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all")),
            *((i.code, str(i)) for i in industries),
        ]

    def values(self) -> dict[str, str]:
        """What is asked for; an unreadable filter asks for nothing."""
        if not self.is_valid():
            return {}
        return {name: value for name, value in self.cleaned_data.items() if value}


class ExpertForm(forms.Form):
    """An expert's entry. A new employer is entered by name and code."""

    kinds = forms.MultipleChoiceField(
        label=_("Kinds of expertise"),
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of expertise.")},
    )
    specialties = forms.MultipleChoiceField(
        label=_("Specialties"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Industries the expert knows from own work."),
    )
    employer = forms.ModelChoiceField(
        label=_("Employer"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("not in the list"),
    )
    new_employer = forms.CharField(
        label=_("Name of an employer not in the list"), required=False, max_length=120
    )
    new_code = forms.CharField(
        label=_("Its unified social credit code"), required=False, max_length=30
    )
    region = forms.ModelChoiceField(
        label=_("Home region"),
        queryset=Region.objects.none(),
        to_field_name="code",
        empty_label=_("Choose …"),
        help_text=_("Projects built there are barred to the expert where the call's rules say so."),
    )
    title = forms.CharField(label=_("Professional title"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employers = Organisation.objects.exclude(kind=OrganisationKind.FIRM)
        current = self.initial.get("employer")
        if current is not None:
            employers = employers | Organisation.objects.filter(pk=current)
        self.fields["employer"].queryset = employers.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["region"].queryset = Region.objects.order_by("code")  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["specialties"].choices = [(i.code, str(i)) for i in Industry.objects.all()]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        code = normalise(data.get("new_code") or "")
        if data.get("employer") is None and "employer" in data:
            if not data.get("new_employer"):
                self.add_error("employer", _("Choose the employer, or enter its name and code."))
            elif (wrong := fault(code)) is not None:
                self.add_error("new_code", str(wrong.message))
        data["new_code"] = code
        return data

    @classmethod
    def of(cls, expert: Expert, data: Any = None) -> "EditForm":
        """The form with the entry as it stands."""
        return EditForm(
            data,
            initial={
                "kinds": expert.kinds,
                "specialties": expert.specialties,
                "employer": expert.employer_id,
                "region": expert.region.code,
                "title": expert.title,
                "active": expert.active,
            },
        )


class EditForm(ExpertForm):
    """An entry that exists; one who rests is left out of draws."""

    active = forms.BooleanField(label=_("Active: may be drawn"), required=False)


class AdmitForm(ExpertForm):
    """A new entry: the person holds the expert role already."""

    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        empty_label=_("Choose …"),
        help_text=_("People with the expert role who are not in the pool yet."),
    )
    field_order = ("user",)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["user"].label_from_instance = lambda user: f"{user.name} · {user.username}"  # type: ignore[attr-defined]  # a ModelChoiceField


class InterestForm(forms.Form):
    """A tie between the expert and an organisation."""

    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=120,
        help_text=_("Its full name or its unified social credit code."),
    )
    kind = forms.ChoiceField(label=_("Tie"))
    since = forms.DateField(
        label=pgettext_lazy("tie", "Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=pgettext_lazy("tie", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = ExpertInterest._meta.get_field("kind").choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_organisation(self) -> Organisation:
        text = self.cleaned_data["organisation"].strip()
        found = (
            Organisation.objects.filter(uscc=normalise(text)).first()
            or Organisation.objects.filter(name=text).first()
        )
        if found is None:
            raise forms.ValidationError(
                _("No organisation with this name or code is registered here.")
            )
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the beginning."))
        return data
