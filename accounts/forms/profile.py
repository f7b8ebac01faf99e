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
