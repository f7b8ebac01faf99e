"""What an owner enters about a firm and its members. Forms check shape; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import uscc
from accounts.forms.contacts import EmailField, TelephoneField
from accounts.models import Level, Organisation, Region, RegionLevel


class RegionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    """A city or county, by code; counties are indented below the city that holds them."""

    def __init__(self, **kwargs: Any) -> None:
        queryset = Region.objects.exclude(level=RegionLevel.PROVINCE)
        super().__init__(queryset=queryset, empty_label=_("Choose …"), **kwargs)

    def label_from_instance(self, obj: Region) -> str:
        return f"　{obj}" if obj.level == RegionLevel.COUNTY else str(obj)


class ParticularsForm(forms.Form):
    name = forms.CharField(
        label=_("Registered name"), max_length=120, help_text=_("In full, as on the licence.")
    )
    region = RegionField(
        label=_("City or county"), help_text=_("Where the firm is registered or will settle.")
    )
    legal_representative = forms.CharField(label=_("Legal representative"), max_length=60)
    contact_phone = TelephoneField(label=_("Contact telephone"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    @classmethod
    def of(cls, firm: Organisation) -> "ParticularsForm":
        return cls(
            initial={
                "name": firm.name,
                "region": firm.region_id,
                "legal_representative": firm.legal_representative,
                "contact_phone": firm.contact_phone,
                "address": firm.address,
            }
        )


class RegistrationForm(ParticularsForm):
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters; spaces and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "uscc", "region", "legal_representative")

    def clean_uscc(self) -> str:
        code = uscc.normalise(self.cleaned_data["uscc"])
        wrong = uscc.fault_for_firm(code)
        if wrong is not None:
            raise forms.ValidationError(str(wrong.message))
        return code


class MemberForm(forms.Form):
    email = EmailField(
        label=_("Colleague's e-mail"),
        help_text=_("The address of the account your colleague has registered."),
    )
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.EDITOR)


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
