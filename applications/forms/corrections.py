"""What a return for correction says: up to eight points at a time, each with its section."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications import sections
from applications.services.corrections import Reason

ROWS = 4


class ReasonForm(forms.Form):
    """One point to correct."""

    section = forms.ChoiceField(label=_("Part of the dossier"), required=False)
    text = forms.CharField(
        label=_("What to correct"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("whole dossier")),
            *((spec.code, spec.title) for spec in sections.SECTIONS),
        ]


ReasonSet = forms.formset_factory(ReasonForm, extra=ROWS, max_num=40, validate_max=True)


def reasons_of(formset: Any) -> list[Reason]:
    """The points typed, empty rows left out."""
    return [
        Reason(section=row.get("section", ""), text=row["text"])
        for row in formset.cleaned_data
        if row.get("text", "").strip()
    ]
