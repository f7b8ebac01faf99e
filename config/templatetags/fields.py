"""A form's field as label, hint, error or warning and input, all tied by aria-describedby.

A field may carry `unit` (a fixed tail: 万元, 人), `width` ("short", "mid", "long", "full") and
`optional` (False: never marked, as in a draft where everything may wait) as attributes of the form
field; a form may carry `warnings`, a mapping of field name to one sentence or several. The tag's
own arguments win over both.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

WIDTHS = ("short", "mid", "long", "full")


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of input is laid out."""

    kind: str  # input, check, choices, file
    width: str = "mid"
    inputmode: str = ""


LOOKS: tuple[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], Look], ...] = (
    (forms.CheckboxInput, Look("check")),
    ((forms.RadioSelect, forms.CheckboxSelectMultiple), Look("choices")),
    (forms.FileInput, Look("file")),
    ((forms.Textarea, forms.SelectMultiple), Look("input", "full")),
)


def _look(bound: BoundField) -> Look:
    """By the widget where it tells, else by the field: figures are typed on a number pad."""
    field = bound.field
    for widgets, look in LOOKS:
        if isinstance(field.widget, widgets):
            return look
    if isinstance(field, forms.DecimalField | forms.FloatField):
        return Look("input", "mid", "decimal")
    if isinstance(field, forms.IntegerField):
        return Look("input", "mid", "numeric")
    return Look("input", "long" if isinstance(field, forms.CharField) else "mid")


def _sentences(value: Any) -> list[str]:
    if not value:
        return []
    return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]


def _warnings(bound: BoundField, given: Any) -> list[str]:
    carried: Mapping[str, Any] = getattr(bound.form, "warnings", None) or {}
    return _sentences(given) or _sentences(carried.get(bound.name))


def _attributes(bound: BoundField, look: Look, described: list[str]) -> dict[str, str]:
    """The input's own attributes: what describes it, whether it is wrong, which keyboard."""
    attrs: dict[str, str] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if look.inputmode and "inputmode" not in bound.field.widget.attrs:
        attrs["inputmode"] = look.inputmode
        attrs["autocomplete"] = "off"
    return attrs


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    unit: str = "",
    width: str = "",
    warning: Any = None,
    optional: Any = None,
    rows: bool = False,
) -> dict[str, Any]:
    """{% field form.amount unit="万元" hint="…" %}; rows=True puts choices one below another."""
    own = bound.field
    look = _look(bound)
    ident = bound.auto_id or bound.html_name
    hint = hint or str(own.help_text)
    warnings = [] if bound.errors else _warnings(bound, warning)
    described = [
        f"{ident}-{part}"
        for part, there in (("hint", hint), ("error", bound.errors), ("warning", warnings))
        if there
    ]
    marked = getattr(own, "optional", None) if optional is None else optional
    width = width or getattr(own, "width", "") or look.width
    attrs = _attributes(bound, look, described)
    return {
        "bound": bound,
        "ident": ident,
        "kind": "hidden" if bound.is_hidden else look.kind,
        "label": label or bound.label,
        "hint": hint,
        "errors": bound.errors,
        "warnings": warnings,
        "unit": unit or getattr(own, "unit", ""),
        "width": width if width in WIDTHS else "mid",
        "optional": (not own.required) if marked is None else bool(marked),
        "rows": rows,
        "described": " ".join(described),
        "control": bound.as_widget(attrs={**attrs, "id": ident}) if look.kind != "choices" else "",
    }


@register.simple_tag
def once() -> SafeString:
    """{% once %} in a form that makes a record: sent twice, it makes one (`audit.once`)."""
    return format_html('<input type="hidden" name="once" value="{}">', secrets.token_hex(16))


def _first_id(bound: BoundField) -> str:
    """Where a summary's link lands: the input, or the first of its choices."""
    ident = bound.auto_id or bound.html_name
    grouped = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{ident}_0" if grouped else str(ident)


def _entries(form: Any) -> Iterable[dict[str, Any]]:
    for sentence in form.non_field_errors():
        yield {"text": sentence, "target": ""}
    for bound in form:
        for sentence in bound.errors:
            label = str(bound.label).rstrip("？。?.：:")
            yield {"text": sentence, "target": _first_id(bound), "label": label}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms_: Any, title: str = "") -> dict[str, Any]:
    """{% error_summary form %} (several forms allowed): what is wrong, each linked to its field."""
    entries = [e for form in forms_ if form is not None and form.is_bound for e in _entries(form)]
    return {"entries": entries, "title": title}


@register.inclusion_tag("components/warning_summary.html")
def warning_summary(form: Any, title: str = "") -> dict[str, Any]:
    """{% warning_summary form %}: the form's cross-checks, each linked to its field."""
    carried: Mapping[str, Any] = getattr(form, "warnings", None) or {}
    entries = [
        {"text": text, "target": _first_id(form[name])}
        for name, value in carried.items()
        if name in form.fields
        for text in _sentences(value)
    ]
    return {"entries": entries, "title": title}


@register.simple_tag
def bare_field(
    bound: BoundField, *, label: str = "", described: str = "", **attrs: str
) -> SafeString:
    """{% bare_field form.rank label="名次" %}: the input alone, named by aria-label."""
    given = {k.replace("_", "-"): str(v) for k, v in attrs.items()}
    if label or bound.label:
        given["aria-label"] = label or str(bound.label)
    if described:
        given["aria-describedby"] = described
    return bound.as_widget(attrs={**_attributes(bound, _look(bound), []), **given})


@register.simple_tag
def autosave(address: str) -> SafeString:
    """<form method="post" novalidate {% autosave url %}>: saves while one types.

    The address answers with components/autosave_saved.html or components/autosave_refused.html;
    see static/js/autosave.js for what happens when it does not answer.
    """
    return format_html(
        'hx-post="{}" hx-trigger="input delay:1500ms, change delay:300ms"'
        ' hx-swap="none" hx-sync="this:queue last" data-autosave data-unsaved',
        address,
    )
