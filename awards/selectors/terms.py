"""The terms of a project as they are in force: the signed agreement's, as last amended."""

from decimal import Decimal
from typing import Any

from awards.models import Amendment, Award

# The targets that an amendment may change.
AMENDABLE = ("fixed_assets_yuan", "promised_headcount", "average_wage_yuan", "tax_yuan")


def terms_of(award: Award) -> dict[str, Any]:
    """The content in force (see `services.agreements`); {} before an agreement is drawn up."""
    agreement = getattr(award, "agreement", None)
    if agreement is None:
        return {}
    granted = Amendment.objects.filter(award=award, status="granted").order_by("-version")
    content = granted.values_list("content", flat=True).first()
    return dict(content or agreement.content)


def granted_amendments(award: Award) -> list[Amendment]:
    """What changed the agreement since it was signed, the last one last. One query."""
    return list(Amendment.objects.filter(award=award, status="granted").order_by("version"))


def approved_terms(award: Award) -> dict[str, Any]:
    """The content that the approver last agreed to: signed, or amended above the officer's share.

    From it the share of a further change is measured.
    """
    granted = Amendment.objects.filter(award=award, status="granted", to_approver=True)
    content = granted.order_by("-version").values_list("content", flat=True).first()
    return dict(content or award.agreement.content)


def target(terms: dict[str, Any], name: str) -> int:
    """One target as a whole number of persons or yuan; 0 where the dossier did not say."""
    return int(Decimal(terms.get("targets", {}).get(name) or 0))


def amount_in_force(award: Award) -> Decimal:
    """What of the award is or will be paid, yuan."""
    return award.amount - award.cut
