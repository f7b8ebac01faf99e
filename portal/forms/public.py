"""Forms of the public pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from papers.codes import is_code, tidy
from portal.selectors.proofs import tidy_digest

DIGEST_LENGTH = 64


class VerifyForm(forms.Form):
    """A number and what is printed beside it: the code of a document, or a digest."""

    number = forms.CharField(
        label=_("Number"),
        help_text=_("Of a document, notice or call, as 2026-1-0087"),
        max_length=80,
    )
    digest = forms.CharField(
        label=_("Verification code or digest (SM3)"),
        help_text=_(
            "The code at the foot of each page, as 7YT9-MM4X-A6B2-TV19, or the digest of 64"
            " digits and letters a to f; spaces do not matter"
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    digest.width = "full"  # type: ignore[attr-defined]  # read by the field tag

    def clean_digest(self) -> str:
        """The digest in lower case, or the code as its document has it."""
        typed: str = self.cleaned_data["digest"]
        if is_code(typed):
            return tidy(typed)
        digest = tidy_digest(typed)
        if len(digest) != DIGEST_LENGTH or set(digest) - set("0123456789abcdef"):
            raise forms.ValidationError(
                _("A code has 16 characters, a digest 64, 0 to 9 and a to f; %(n)s were given."),
                params={"n": len(digest)},
            )
        return digest
