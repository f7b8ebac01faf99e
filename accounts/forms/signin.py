"""The forms of sign-in, sign-up and passwords: allauth's, in our words and without placeholders."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.contacts import EmailField
from accounts.models import User

PASSWORD_HINT = _(
    "At least 12 characters, not only digits, not a common word, unlike your name and address."
)


def _plain(form: forms.BaseForm) -> None:
    """A label says what a field is for; a placeholder would vanish under the typing."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["login"].label = _("Sign-in name or e-mail")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["login"].max_length = 254
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]  # allauth ships no types
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("As on your identity card; it stands beside what you submit."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ("name", "username", "email", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["username"].label = _("Sign-in name")
        self.fields["username"].help_text = _("Letters, digits and . _ - +; cannot be changed.")
        self.fields["email"] = EmailField(
            label=_("E-mail"),
            help_text=_("Notices and password links are sent there."),
            widget=self.fields["email"].widget,
        )
        self.fields["password1"].label = _("Password")
        self.fields["password1"].help_text = PASSWORD_HINT
        self.fields["password2"].label = _("Password, once more")

    def clean_username(self) -> str:
        username: str = super().clean_username()
        if "@" in username:
            raise forms.ValidationError(
                _("A sign-in name consists of letters, digits and . _ - +, without @.")
            )
        return username

    def validate_unique_email(self, value: str) -> str:
        """One look instead of allauth's two: an address stands with its person, too."""
        if User.objects.filter(email__iexact=value).exists():
            raise get_adapter().validation_error("email_taken")
        return value

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name:
            raise forms.ValidationError(_("Enter the person's name."))
        return name


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # as above
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""
        _new_password(self)


class SetPasswordForm(allauth_forms.SetPasswordForm):  # type: ignore[misc]  # as above
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        _new_password(self)


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        _new_password(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):  # type: ignore[misc]  # as above
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self)
        self.fields["email"] = EmailField(label=_("E-mail"), widget=self.fields["email"].widget)
        self.fields["email"].widget.attrs["autofocus"] = True


def _new_password(form: forms.BaseForm) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password1"].help_text = PASSWORD_HINT
    form.fields["password2"].label = _("New password, once more")
