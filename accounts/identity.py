"""Who somebody is on paper: a natural person's 公民身份号码 (GB 11643-1999), or a legal body's
统一社会信用代码.

No Django models; the check digit is python-stdnum's.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from accounts import uscc

SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)


def normalise(text: str) -> str:
    """Upper case, half width, without spaces and hyphens."""
    return uscc.normalise(text)


def person_fault(number: str) -> Promise | None:
    """What is wrong with a normalised identity number; None when it is right.

    The division code at its front is not looked up: divisions are abolished, numbers stay, and
    residence permits of people from elsewhere have codes of their own.
    """
    if not SHAPE.fullmatch(number):
        return _("An identity number has 17 digits and a last digit or X.")
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return _("Digits 7–14 of an identity number are the day of birth; this is no day.")
    if ric.calc_check_digit(number) != number[-1]:
        return _("The last digit does not fit the first 17; one of them was mistyped.")
    return None


def fault(number: str) -> Promise | str | None:
    """What is wrong with a normalised number that is a person's or a legal body's."""
    of_body = uscc.fault(number)
    of_person = person_fault(number)
    if of_body is None or of_person is None:
        return None
    if SHAPE.fullmatch(number):
        return of_person
    if len(number) == uscc.LENGTH:
        return of_body.message
    return _("Enter the 18 characters of an identity number or of a unified social credit code.")
