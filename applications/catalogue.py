"""How an industry in a region matches the catalogue (article 五, 六 of the policy)."""

from collections.abc import Sequence

from applications.figures import CatalogueMatch
from applications.models import Industry


def match_of(industry: Industry | None, region_ids: Sequence[int]) -> CatalogueMatch | None:
    """cluster when the industry is a named cluster of the region or of what it lies in.

    region_ids: the region of construction and, if any, its geographic parent. One query.
    """
    if industry is None:
        return None
    if industry.catalogue != "catalogue":
        return industry.catalogue  # type: ignore[return-value]  # the column's choices are the type's
    return "cluster" if industry.clusters.filter(pk__in=region_ids).exists() else "catalogue"
