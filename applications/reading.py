"""A dossier's content for reading: sections as label and value, two versions as a difference."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications import sections
from applications.fields import Field
from applications.money import in_words
from applications.sections.merits import ATTACHMENTS
from audit.models import Event
from calendars.wording import day_text


def shown(field: Field, data: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The value with its unit, codes replaced by their names; "" when nothing stands there."""
    stored = data.get(field.name, "")
    if field.kind == "code":
        return names.get(stored, stored)
    if field.kind == "money" and stored:
        chinese = not (get_language() or "").startswith("en")
        return in_words(Decimal(stored), chinese=chinese)
    if field.kind == "day" and stored:
        return day_text(date.fromisoformat(stored), get_language() or "zh-hans", year_now=None)
    text = field.for_reading(stored)
    if not text or not field.unit:
        return text
    return f"{text}%" if field.unit == "%" else f"{text} {field.unit}"


def section_rows(
    code: str,
    data: Mapping[str, str],
    names: Mapping[str, str],
    without: frozenset[str] = frozenset(),
    *,
    to_firm: bool = False,
) -> list[tuple[str | Promise, str]]:
    """(label, value) of a section; fields that are not asked for and empty are left out, and so
    are those named in `without` and, but for the firm itself, those that are its own."""
    return [
        (field.label, shown(field, data, names))
        for field in sections.BY_CODE[code].fields
        if field.name not in without
        and (to_firm or not field.own)
        and (data.get(field.name) or field.wanted(data))
    ]


def whole(
    content: Mapping[str, Mapping[str, str]],
    names: Mapping[str, str],
    without: frozenset[str] = frozenset(),
    *,
    to_firm: bool = False,
) -> list[dict[str, Any]]:
    """Every section with fields; pages put the commitment last, after the files."""
    return [
        {
            "code": spec.code,
            "title": spec.title,
            "number": number,
            "rows": section_rows(
                spec.code, content.get(spec.code, {}), names, without, to_firm=to_firm
            ),
        }
        for number, spec in enumerate(sections.SECTIONS, start=1)
        if spec.fields
    ]


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What changed between two submissions, by section: rows of (label, before, after)."""
    changed = []
    for spec in sections.SECTIONS:
        old, new = before["sections"].get(spec.code, {}), after["sections"].get(spec.code, {})
        rows = [
            (field.label, shown(field, old, names), shown(field, new, names))
            for field in spec.fields
            if not field.own and old.get(field.name, "") != new.get(field.name, "")
        ]
        if spec.code == "attachments":
            rows = _files(before["attachments"], after["attachments"])
        if rows:
            changed.append({"title": spec.title, "code": spec.code, "rows": rows})
    return changed


def _files(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[Any, str, str]]:
    kept_before = {(a["document"], a["digest"]) for a in before}
    kept_after = {(a["document"], a["digest"]) for a in after}
    removed = [
        (a["name"], a["name"], "") for a in before if (a["document"], a["digest"]) not in kept_after
    ]
    added = [
        (a["name"], "", a["name"]) for a in after if (a["document"], a["digest"]) not in kept_before
    ]
    return removed + added


def edit_row(event: Event) -> dict[str, Any]:
    """One line of the record of edits: who, when, which fields of which section."""
    facts = event.after or {}
    if event.action != "application.save_section":
        verb = _("uploaded") if event.action == "application.add_file" else _("took out")
        return {
            "event": event,
            "section": ATTACHMENTS.title,
            "verb": verb,
            "what": [facts.get("name", "")],
        }
    spec = sections.BY_CODE.get(facts.get("section", ""))
    labels = {f.name: f.label for f in spec.fields} if spec else {}
    what = [labels.get(name, name) for name in facts.get("changed", [])]
    return {
        "event": event,
        "section": spec.title if spec else "",
        "verb": _("changed"),
        "what": what,
    }
