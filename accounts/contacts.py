"""How people are reached: telephone numbers of the mainland, and e-mail addresses.

No Django models. What is typed in full width, with blanks or with +86 is read as what it means.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Area codes: 010, 02x with two more digits or 03xx to 09xx with three; then seven or eight digits.
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([2-8]\d{6,7})(?:[-转#](\d{1,6}))?", re.ASCII)
COUNTRY = re.compile(r"(?:\+|00)86(?=\d)")
# Every mark that people put between the groups of a number, a full-width hyphen included.
BETWEEN = re.compile(r"[\s()\-‐-―−_.·]+")
EXTENSION = re.compile(r"(?:-|转|#|ext\.?)\s*(\d{1,6})$", re.IGNORECASE)

NO_TELEPHONE = _(
    "This is no telephone number of the mainland. Enter a mobile number of 11 digits, or a "
    "landline with its area code such as 0434-5550123."
)
NO_EMAIL = _("This is no e-mail address. It has a name, an @ and a domain, as in name@example.com.")
NEITHER = _(
    "Enter a mobile number of 11 digits, a landline with its area code such as 0434-5550123, or "
    "an e-mail address."
)


def half_width(text: str) -> str:
    """Half width, without blanks and marks that nobody sees."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c)[0] != "C")


def normalise_telephone(text: str) -> str:
    """13800000000, 0434-5550123 or 0434-5550123-801; what is no number stays as it was typed,
    half width."""
    plain = half_width(text)
    for candidate in (BETWEEN.sub("", plain), _without_extension(plain)):
        number = COUNTRY.sub("", candidate)
        if MOBILE.fullmatch(number):
            return number
        # Behind +86 the area code has lost its 0.
        shaped = LANDLINE.fullmatch(number) or (
            LANDLINE.fullmatch(f"0{number}") if number != candidate else None
        )
        if shaped:
            return "-".join(part for part in shaped.groups() if part)
    return plain


def _without_extension(plain: str) -> str:
    """The digits of the number, and its extension behind one hyphen."""
    found = EXTENSION.search(plain)
    if found is None:
        return ""
    return f"{BETWEEN.sub('', plain[: found.start()])}-{found[1]}"


def telephone_fault(number: str) -> Promise | None:
    """What is wrong with a normalised number; None when it is right."""
    bare = number.replace("-", "", 1)
    return None if MOBILE.fullmatch(number) or LANDLINE.fullmatch(bare) else NO_TELEPHONE


def normalise_email(text: str) -> str:
    """Half width, without blanks, in small letters."""
    return half_width(text).lower()


def email_fault(address: str) -> Promise | None:
    """What is wrong with a normalised address; None when it is right."""
    try:
        validate_email(address)
    except ValidationError:
        return NO_EMAIL
    return None


def normalise(text: str) -> str:
    """A telephone number or an e-mail address, whichever was typed."""
    return normalise_email(text) if "@" in half_width(text) else normalise_telephone(text)


def fault(contact: str) -> Promise | None:
    """What is wrong with a normalised telephone number or e-mail address."""
    if "@" in contact:
        return email_fault(contact)
    return NEITHER if telephone_fault(contact) else None
