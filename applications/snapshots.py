"""What a submission freezes: the whole dossier as plain data, from which its digest is taken."""

from collections.abc import Mapping
from typing import Any

from applications import sections
from applications.catalogue import match_of
from applications.figures import PERMITS
from applications.models import Application, Attachment


def figures_of(
    data: Mapping[str, Mapping[str, str]], catalogue_match: str | None
) -> dict[str, Any]:
    """The formula inputs under the exact names of `applications.figures.Figures`."""
    found: dict[str, Any] = {}
    for name, code in sections.FIGURE_FIELDS.items():
        value = data.get(code, {}).get(name, "")
        found[name] = value == "yes" if name in PERMITS else value
    found["catalogue_match"] = catalogue_match or ""
    return found


def catalogue_match_of(application: Application) -> str | None:
    """Cluster, catalogue … for the dossier's industry in its region. One query."""
    region = application.region
    places = [region.pk]
    # 梅河口 lies in 通化 but has its own clusters and its own line.
    if region.parent_id is not None and region.reports_to_id == region.parent_id:
        places.append(region.parent_id)
    return match_of(application.industry, places)


def content_of(
    application: Application,
    *,
    number: str,
    version: int,
    data: Mapping[str, Mapping[str, str]],
    attachments: list[Attachment],
    commitment: Mapping[str, Any],
) -> dict[str, Any]:
    """The dossier at this instant, JSON-able, amounts as decimal strings in yuan."""
    firm = application.firm
    return {
        "call": application.call.number,
        "number": number,
        "version": version,
        "title": application.title,
        "firm": {
            "name": firm.name,
            "uscc": firm.uscc,
            "legal_representative": firm.legal_representative,
            "address": firm.address,
        },
        "region": application.region.code,
        "industry": application.industry.code if application.industry else "",
        "sections": {code: dict(data.get(code, {})) for code in sections.CODES},
        "figures": figures_of(data, catalogue_match_of(application)),
        "attachments": [
            {
                "id": a.pk,
                "document": a.document,
                "name": a.name,
                "size": a.size,
                "digest": a.digest,
            }
            for a in attachments
        ],
        "commitment": dict(commitment),
    }
