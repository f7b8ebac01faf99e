"""What one chooses for oneself."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    # Each language in its own words, so that whoever reads only that one finds it.
    language = forms.ChoiceField(
        label=_("Language of pages and messages"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
        widget=forms.RadioSelect,
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"),
        help_text=_("As “accounting system”; you recognise it by this in the list."),
        max_length=60,
    )
    days = forms.TypedChoiceField(
        label=_("How long it holds"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )
