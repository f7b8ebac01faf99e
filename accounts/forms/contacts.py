"""Fields for what is copied from a card or a letterhead: read as it is meant, checked for shape."""

from typing import Any

from django import forms

from accounts import contacts, identity


class TelephoneField(forms.CharField):
    """A telephone number of the mainland, as `accounts.contacts` keeps it."""

    def __init__(self, *, max_length: int = 30, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return contacts.normalise_telephone(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        _refuse(value and contacts.telephone_fault(value))


class EmailField(forms.EmailField):
    """An e-mail address, half width and in small letters."""

    def to_python(self, value: Any) -> str:
        return contacts.normalise_email(super().to_python(value) or "")


class ContactField(forms.CharField):
    """A telephone number or an e-mail address."""

    def to_python(self, value: Any) -> str:
        return contacts.normalise(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        _refuse(value and contacts.fault(value))


class IdentityField(forms.CharField):
    """A person's identity number or a legal body's unified social credit code."""

    def to_python(self, value: Any) -> str:
        return identity.normalise(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        _refuse(value and identity.fault(value))


def _refuse(fault: Any) -> None:
    if fault:
        raise forms.ValidationError(fault)
