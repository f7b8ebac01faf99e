"""One typed field of a dossier's form: what it is called, what may stand in it, how it is stored.

Stored values are strings: amounts in yuan ("320000000.00"), numbers as plain decimals, days as ISO
dates, choices by their key, yes or no as "yes"/"no". Nothing entered is "".
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import contacts
from applications.money import AmountError, grouped, parse_wan, wan

Kind = Literal[
    "text", "paragraph", "money", "number", "day", "choice", "yes_no", "code", "telephone"
]

YES, NO = "yes", "no"
# No single figure of an industrial project reaches this: a slip of the unit is caught at once.
MOST_YUAN = Decimal("100000000000")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{0,12})?")


class FieldProblem(ValueError):
    """What stands in a field cannot be; `.message` says what was given and what is wanted."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Field:
    """Names, limits and unit of one figure or text. `least`/`most` are in the stored unit."""

    name: str
    kind: Kind
    label: str | Promise
    hint: str | Promise = ""
    unit: str | Promise = ""
    required: bool = True
    least: Decimal = Decimal(0)
    most: Decimal = MOST_YUAN
    places: int = 2
    length: int = 2000
    choices: tuple[tuple[str, str | Promise], ...] = ()
    pattern: str = ""
    example: str = ""
    needed_if: tuple[str, str] | None = None  # required only when another field has this value
    figure: bool = False  # one of applications.figures.Figures
    group: str | Promise = ""
    alone: bool = False  # stands in a row of its own, as a total does above its parts
    own: bool = False  # read by the firm's own people alone

    def wanted(self, data: Mapping[str, str]) -> bool:
        """Must something stand here, given the rest of the section?"""
        if self.needed_if:
            other, value = self.needed_if
            return data.get(other) == value
        return self.required

    def typed(self, raw: str) -> str:
        """The stored value of what a person typed on the page: amounts in 万元, wide digits too.

        Raises FieldProblem.
        """
        text = unicodedata.normalize("NFC", raw).replace("\x00", "").strip()
        if not text:
            return ""
        if self.kind == "money":
            try:
                return self.read(format(parse_wan(text), "f"))
            except AmountError as error:
                raise FieldProblem(_money_problem(text, error.reason)) from None
        if self.kind in ("number", "day") or self.pattern:
            text = unicodedata.normalize("NFKC", text)
        if self.kind == "number":
            text = text.replace(",", "")
        return self.read(text)

    def read(self, value: object) -> str:
        """The stored form of a value given in stored units. Raises FieldProblem."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            value = YES if value else NO
        if isinstance(value, dt.date):
            value = value.isoformat()
        if self.kind in ("money", "number"):
            return self._number(value)
        if not isinstance(value, str):
            raise FieldProblem(_("This cannot be read."))
        return self._words(value.replace("\r\n", "\n").strip())

    def _number(self, value: object) -> str:
        text = str(value).strip()
        if not PLAIN_NUMBER.fullmatch(text):
            raise FieldProblem(
                _("“%(given)s” is not a number. Write digits only, for example 12.5.")
                % {"given": text[:40]}
            )
        number = Decimal(text)
        if number < 0:
            raise FieldProblem(_("A negative figure cannot stand here. Enter 0 or more."))
        places = 2 if self.kind == "money" else self.places
        if number != number.quantize(Decimal(1).scaleb(-places)):
            raise FieldProblem(_("At most %(places)s decimals can be kept.") % {"places": places})
        if not self.least <= number <= self.most:
            raise FieldProblem(self._range_problem(number))
        return format(number.quantize(Decimal(1).scaleb(-places)), "f")

    def _range_problem(self, number: Decimal) -> Promise | str:
        show = wan if self.kind == "money" else grouped
        return _("%(given)s %(unit)s cannot be: enter a figure from %(least)s to %(most)s.") % {
            "given": show(number),
            "unit": self.unit,
            "least": show(self.least),
            "most": show(self.most),
        }

    def _words(self, text: str) -> str:
        if self.kind in ("choice", "yes_no"):
            allowed = [key for key, _label in self.choices] or [YES, NO]
            if text not in allowed:
                raise FieldProblem(_("Choose one of the answers."))
            return text
        if self.kind == "day":
            return _day(text)
        if self.kind == "telephone":
            return _telephone(text)
        if len(text) > self.length:
            raise FieldProblem(
                _("%(given)s characters are too many; at most %(most)s fit here.")
                % {"given": len(text), "most": self.length}
            )
        if self.pattern and not re.fullmatch(self.pattern, text, re.ASCII):
            raise FieldProblem(
                _("“%(given)s” does not have the right form. Example: %(example)s")
                % {"given": text[:40], "example": self.example}
            )
        return text

    def for_input(self, stored: str) -> str:
        """What the form shows for editing: amounts in 万元, numbers without trailing zeros."""
        return self.for_reading(stored) if self.kind in ("money", "number") else stored

    def for_reading(self, stored: str) -> str:
        """What a reader sees, without the unit; "" when nothing was entered."""
        if not stored:
            return ""
        if self.kind == "money":
            return wan(Decimal(stored))
        if self.kind == "number":
            return grouped(Decimal(stored))
        if self.kind == "yes_no":
            return str(_("yes") if stored == YES else _("no"))
        if self.kind == "choice":
            return str(dict(self.choices).get(stored, stored))
        return stored


def _money_problem(text: str, reason: str) -> Promise | str:
    if reason == "fen":
        return _(
            "“%(given)s” is finer than a fen. At most six decimals of CNY 10,000 can be kept."
        ) % {"given": text[:40]}
    return _(
        "“%(given)s” is not an amount. Write digits only, in CNY 10,000, for example 1,260.5."
    ) % {"given": text[:40]}


def _telephone(text: str) -> str:
    number = contacts.normalise_telephone(text)
    wrong = contacts.telephone_fault(number)
    if wrong is not None:
        raise FieldProblem(wrong)
    return number


def _day(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise FieldProblem(
            _("“%(given)s” is not a date. Write it as 2026-04-17.") % {"given": text[:40]}
        ) from None
    if not dt.date(1949, 10, 1) <= day <= dt.date(2099, 12, 31):
        raise FieldProblem(_("This date lies outside what a project can have."))
    return day.isoformat()
