"""The terms of a project as they are in force: the signed agreement's, as last amended."""

from decimal import Decimal
from typing import Any

from awards.models import Award


def terms_of(award: Award) -> dict[str, Any]:
    """The content in force (see `services.agreements`); {} before an agreement is drawn up."""
    agreement = getattr(award, "agreement", None)
    return dict(agreement.content) if agreement else {}


def target(terms: dict[str, Any], name: str) -> int:
    """One target as a whole number of persons; 0 where the dossier did not say."""
    return int(Decimal(terms.get("targets", {}).get(name) or 0))
