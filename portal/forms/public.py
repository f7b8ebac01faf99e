"""Forms of the public pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.selectors.proofs import tidy_digest

DIGEST_LENGTH = 64


class VerifyForm(forms.Form):
    """A number and the digest printed beside it."""

    number = forms.CharField(
        label=_("Number"),
        help_text=_("Receipt, notice or call number, as 2026-1-0087"),
        max_length=40,
    )
    digest = forms.CharField(
        label=_("Digest (SM3)"),
        help_text=_("64 digits and letters a to f; spaces do not matter"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    digest.width = "full"  # type: ignore[attr-defined]  # read by the field tag

    def clean_digest(self) -> str:
        digest = tidy_digest(self.cleaned_data["digest"])
        if len(digest) != DIGEST_LENGTH or set(digest) - set("0123456789abcdef"):
            raise forms.ValidationError(
                _("A digest has 64 characters, 0 to 9 and a to f; %(n)s were given."),
                params={"n": len(digest)},
            )
        return digest
