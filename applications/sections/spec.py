"""What a section is, and its usual fields."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.fields import Field

WAN_YUAN = _("CNY 10,000")
PERSONS = _("persons")


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section: its code, its words, its fields (none: a page of its own)."""

    code: str
    title: str | Promise
    about: str | Promise
    fields: tuple[Field, ...] = ()

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


def text(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "text", label, hint, length=200), **more)  # type: ignore[arg-type]


def long(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "paragraph", label, hint, length=1500), **more)  # type: ignore[arg-type]


def money(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "money", label, hint, WAN_YUAN), **more)  # type: ignore[arg-type]


def people(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    base = Field(name, "number", label, hint, PERSONS, most=Decimal(200_000), places=1)
    return replace(base, **more)  # type: ignore[arg-type]


def yes_no(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "yes_no", label, hint), **more)  # type: ignore[arg-type]


def day(name: str, label: Promise, hint: str | Promise = "", **more: object) -> Field:
    return replace(Field(name, "day", label, hint, example="2026-04-17"), **more)  # type: ignore[arg-type]
