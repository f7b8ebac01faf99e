"""What to look for in the audit trail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.selectors import TrailFilters


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class TrailForm(forms.Form):
    """The filters of the list; every field may stay empty."""

    action = forms.ChoiceField(label=_("Act"), required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=60)
    object = forms.CharField(label=_("On what"), required=False, max_length=80)
    scope = forms.CharField(label=_("Call"), required=False, max_length=20)
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))

    def __init__(self, *args: Any, actions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("any")), *actions]

    def filters(self) -> TrailFilters:
        """The filters as far as they are valid."""
        return TrailFilters(**getattr(self, "cleaned_data", {}))
