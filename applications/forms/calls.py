"""Forms of a call, one for each part; amounts in 万元, instants in Asia/Shanghai."""

import json
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.fields import Field, FieldProblem
from applications.models import Call, Scheme

WAN_YUAN = _("CNY 10,000")
MOST_SHEET_BYTES = 512 * 1024


class WanField(forms.CharField):
    """An amount typed in 万元, cleaned to yuan."""

    unit = WAN_YUAN

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)
        self.spec = Field("amount", "money", "", unit=WAN_YUAN)

    def prepare_value(self, value: Any) -> Any:
        return self.spec.for_input(str(value)) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return Decimal(self.spec.typed(text)) if text else None
        except FieldProblem as problem:
            raise forms.ValidationError(str(problem.message)) from None


def _instant(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget)


class BasicsForm(forms.Form):
    """What the call is called, when it is open, how much there is."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=160)
    opens_at = _instant(_("Opens"), _("From this instant dossiers can be opened."))
    closes_at = _instant(_("Closes"), _("An instant of the server's clock; later is refused."))
    envelope = WanField(label=_("Envelope of this call"))
    max_request = WanField(label=_("At most for one project"))
    contact = forms.CharField(label=_("Contact for questions"), max_length=200, required=False)
    complaint_line = forms.CharField(label=_("Complaint line"), max_length=200, required=False)


class NewCallForm(BasicsForm):
    """The basics with the scheme and the year."""

    scheme = forms.ModelChoiceField(
        label=_("Scheme"), queryset=Scheme.objects.all(), empty_label=None
    )
    year = forms.IntegerField(label=_("Year"), min_value=2020, max_value=2099)
    field_order = ("scheme", "year")


class GuideForm(forms.Form):
    """The guide's text."""

    guide_zh = forms.CharField(
        label=_("Guide in Chinese"),
        max_length=40_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    guide_en = forms.CharField(
        label=_("Guide in English"),
        max_length=40_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
    )


class ListRowForm(forms.Form):
    """One entry of a list: a code and its words in both languages, and one mark."""

    code = forms.SlugField(label=_("Code"), max_length=30, required=False)
    zh = forms.CharField(label=_("Text in Chinese"), max_length=200, required=False)
    en = forms.CharField(label=_("Text in English"), max_length=300, required=False)
    mark = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        given = [bool(values.get(k)) for k in ("code", "zh", "en")]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError(
                _("Give the code and the words in both languages, or clear the line.")
            )
        return values


ListFormSet = forms.formset_factory(ListRowForm, extra=3, max_num=60, absolute_max=70)


def list_rows(items: list[dict[str, Any]], words: str, mark: str) -> list[dict[str, Any]]:
    """A call's list as initial values of the formset; words is "name" or "text"."""
    return [
        {
            "code": item["code"],
            "zh": item[f"{words}_zh"],
            "en": item[f"{words}_en"],
            "mark": item.get(mark, False),
        }
        for item in items
    ]


def rows_list(cleaned: list[dict[str, Any]], words: str, mark: str) -> list[dict[str, Any]]:
    """The formset's lines as the call stores them; cleared lines are left out."""
    return [
        {
            "code": row["code"],
            f"{words}_zh": row["zh"],
            f"{words}_en": row["en"],
            mark: bool(row.get("mark")),
        }
        for row in cleaned
        if row.get("code")
    ]


class SheetForm(forms.Form):
    """A score sheet as a JSON file, or the default one."""

    upload = forms.FileField(label=_("Score sheet (JSON)"), allow_empty_file=True)

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_SHEET_BYTES:
            raise forms.ValidationError(_("The file is larger than a score sheet can be."))
        try:
            tree = json.loads(
                upload.read().decode("utf-8-sig"), parse_float=str, parse_constant=_no_constant
            )
            _require_words(tree)
        except (UnicodeDecodeError, ValueError, RecursionError):
            raise forms.ValidationError(_("This is not readable JSON.")) from None
        return tree


def _require_words(tree: Any) -> None:
    """Raises ValueError for NUL and for half a character: the database keeps neither."""
    text = json.dumps(tree, ensure_ascii=False)
    text.encode()
    if "\\u0000" in text:
        raise ValueError("NUL")


def _no_constant(_name: str) -> Any:
    raise ValueError("not a number")


class CompetitionReviewForm(forms.Form):
    """A fair-competition review of a scheme."""

    document_no = forms.CharField(label=_("Document number"), max_length=80)
    reviewed_on = forms.DateField(
        label=_("Reviewed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=_("In force until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    conclusion = forms.CharField(label=_("Conclusion"), max_length=200)
    exception_relied_on = forms.CharField(
        label=_("Exception relied on"),
        max_length=200,
        required=False,
        help_text=_("By article 12 of the regulations, if one applies."),
    )


def basics_initial(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in BasicsForm.base_fields}
