"""Points as people type them: full-width digits, a comma for the point, blanks."""

import unicodedata
from decimal import Decimal, InvalidOperation

LONGEST = 12


class UnreadableScoreError(ValueError):
    """What was typed is no number."""


def read_score(text: str) -> Decimal | None:
    """The score typed, None for nothing. Raises UnreadableScoreError."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("。", ".").replace(",", ".")
    if not plain:
        return None
    if len(plain) > LONGEST or not plain.isascii():
        raise UnreadableScoreError
    try:
        score = Decimal(plain)
    except InvalidOperation:
        raise UnreadableScoreError from None
    if not score.is_finite() or "e" in plain.lower() or "_" in plain:
        raise UnreadableScoreError
    return score
