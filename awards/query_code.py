"""查询码: what an objector follows an objection with, shown on its receipt.

The number goes to the firm objected to, and the code of an organisation is public: together they
would tell a firm who objected, and let it ask for the one review in the objector's place.
"""

from django.conf import settings

from awards.models import Objection
from papers.codes import code_of, same


def query_code(row: Objection) -> str:
    """The code of this objection; only this house can compute it."""
    return code_of(settings.STEELYARD_AUDIT_KEY, row.number, "objection")


def opens(row: Objection, typed: str) -> bool:
    """Whether what was typed is its code; takes as long for any that is not."""
    return same(typed, query_code(row))
