"""统一社会信用代码 (GB 32100-2015): what a code is, and what is wrong with one.

No Django models; the check itself is python-stdnum's.
"""

import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as standard
from stdnum.exceptions import InvalidChecksum, ValidationError

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# GB 32100-2015 table 1, first two places: registered with the market regulator as …
FIRM_KINDS = {"91": _("enterprise"), "93": _("farmers' cooperative")}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a code, in words for the person who typed it."""

    message: str | Promise


def normalise(text: str) -> str:
    """Upper case, half width, without spaces and hyphens, as people copy codes from paper."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(mark for mark in plain if not mark.isspace() and mark not in "-·.")


def fault(code: str) -> Fault | None:
    """What is wrong with a normalised code; None when it is right."""
    if len(code) != LENGTH:
        return Fault(
            _("The code has %(given)d characters; it must have 18.") % {"given": len(code)}
        )
    for place, mark in enumerate(code, start=1):
        if mark not in ALPHABET:
            return Fault(
                _(
                    "Character %(place)d is “%(mark)s”; the code uses digits and capital letters "
                    "without I, O, S, V, Z."
                )
                % {"place": place, "mark": mark}
            )
    try:
        standard.validate(code)
    except InvalidChecksum:
        return Fault(
            _(
                "The last character does not fit the first 17; one of them was mistyped. "
                "Compare with the business licence."
            )
        )
    except ValidationError:
        return Fault(
            _(
                "Characters 1–8 must be the registration authority and the six-digit division "
                "code. Compare with the business licence."
            )
        )
    return None


def fault_for_firm(code: str) -> Fault | None:
    """As `fault`, and the code must be one of an enterprise or a cooperative."""
    wrong = fault(code)
    if wrong is None and code[:2] not in FIRM_KINDS:
        return Fault(
            _(
                "A code that begins with “%(start)s” is not an enterprise's; the applicant must "
                "be an enterprise (91) or a farmers' cooperative (93)."
            )
            % {"start": code[:2]}
        )
    return wrong


def division(code: str) -> str:
    """The six-digit division code of the registration authority inside the code."""
    return code[2:8]
