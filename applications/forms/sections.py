"""A form for each section, made from its fields; amounts are typed in 万元."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import regions_in_zone
from applications.fields import NO, YES, Field, FieldProblem
from applications.models import Industry
from applications.sections.spec import SectionSpec

Choices = list[tuple[str, str]]


class TypedField(forms.CharField):
    """A form field that reads what was typed as `Field.typed` says."""

    def __init__(self, spec: Field, **kwargs: Any) -> None:
        super().__init__(required=False, strip=True, **kwargs)
        self.spec = spec
        self.unit = spec.unit
        self.optional = not spec.required and spec.needed_if is None

    def clean(self, value: Any) -> str:
        try:
            return self.spec.typed(str(value or ""))
        except FieldProblem as problem:
            raise forms.ValidationError(str(problem.message)) from None


def region_choices() -> Choices:
    """Regions of the zone, grouped by nothing: code and name, counties under their city by code."""
    return [(r.code, str(r)) for r in regions_in_zone()]


def industry_choices() -> Choices:
    return [(i.code, str(i)) for i in Industry.objects.all()]


def _widget(spec: Field) -> forms.Widget:
    if spec.kind in ("code", "choice", "yes_no"):
        return _choice_widget(spec)
    if spec.kind == "paragraph":
        return forms.Textarea(
            attrs={"rows": 5 if spec.length > 800 else 3, "maxlength": spec.length}
        )
    if spec.kind == "day":
        return forms.DateInput(attrs={"type": "date"})
    if spec.kind == "telephone":
        return forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "maxlength": spec.length}
        )
    if spec.kind in ("money", "number"):
        return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.TextInput(attrs={"maxlength": spec.length})


def _choice_widget(spec: Field) -> forms.Widget:
    if spec.kind == "code":
        found = region_choices() if spec.name == "region" else industry_choices()
        return forms.Select(choices=[("", _("Choose …")), *found])
    if spec.kind == "yes_no":
        return forms.RadioSelect(choices=[(YES, _("Yes")), (NO, _("No"))])
    return forms.RadioSelect(choices=spec.choices)


class SectionForm(forms.Form):
    """The fields of one section; `cleaned_data` holds stored values."""

    warnings: dict[str, list[str]]

    def __init__(
        self, spec: SectionSpec, data: Any = None, stored: Mapping[str, str] | None = None
    ) -> None:
        stored = stored or {}
        initial = {f.name: f.for_input(stored.get(f.name, "")) for f in spec.fields}
        super().__init__(data, initial=initial)
        self.spec = spec
        self.warnings = {}
        for field in spec.fields:
            self.fields[field.name] = TypedField(
                field, label=field.label, help_text=field.hint, widget=_widget(field)
            )

    def typed(self) -> dict[str, str]:
        """What the person typed, word for word."""
        return {name: str(self.data.get(name, "")) for name in self.fields}

    def groups(self) -> list[dict[str, Any]]:
        """The fields by their group, in order: short ones side by side, the others alone."""
        groups: list[dict[str, Any]] = []
        for field in self.spec.fields:
            if not groups or groups[-1]["legend"] != field.group:
                groups.append({"legend": field.group, "rows": []})
            _place(groups[-1]["rows"], field, self[field.name])
        return groups


def _place(rows: list[dict[str, Any]], field: Field, bound: Any) -> None:
    short = field.kind in ("money", "number", "day") and not field.alone
    if short and rows and rows[-1]["short"] and len(rows[-1]["fields"]) < 3:
        rows[-1]["fields"].append(bound)
        rows[-1]["names"].append(field.name)
        return
    rows.append({"short": short, "fields": [bound], "names": [field.name]})


class StartForm(forms.Form):
    """Opening a dossier: for which firm, what, where."""

    firm = forms.ChoiceField(label=_("Applicant"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Project name"), max_length=120, help_text=_("As in the filing certificate.")
    )
    region = forms.ModelChoiceField(
        label=_("Place of construction"),
        help_text=_("Its authorities check and recommend the dossier."),
        queryset=regions_in_zone(),
        to_field_name="code",
        empty_label=_("Choose …"),
    )
    industry = forms.ModelChoiceField(
        label=_("Industry"),
        help_text=_("Dossiers of one industry are reviewed together."),
        queryset=Industry.objects.all(),
        to_field_name="code",
        empty_label=_("Choose …"),
    )

    def __init__(self, firms: Choices, data: Any = None) -> None:
        super().__init__(data, initial={"firm": firms[0][0] if len(firms) == 1 else None})
        self.fields["firm"].choices = firms  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """One reason, kept with the act."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class UploadForm(forms.Form):
    """One file for one document of the guide."""

    document = forms.CharField(widget=forms.HiddenInput)
    upload = forms.FileField(label=_("File"), allow_empty_file=True)
