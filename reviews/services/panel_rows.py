"""The rows of panels: laid out, named after their industries, dissolved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from applications.models import Application, Industry
from reviews.models import Panel, PanelApplication

NAMED = 4  # a panel of more industries is named after the first and their number

DISSOLVE = """
WITH places AS (DELETE FROM reviews_panelapplication WHERE panel_id = ANY(%(panels)s)),
     industries AS (DELETE FROM reviews_panel_industries WHERE panel_id = ANY(%(panels)s))
DELETE FROM reviews_panel WHERE id = ANY(%(panels)s)
"""


def dissolve(panels: Sequence[int]) -> None:
    """Take away panels, by their ids, that no draw was made on. One query."""
    if panels:
        with connection.cursor() as cursor:
            cursor.execute(DISSOLVE, {"panels": list(panels)})


def lay_out(panels: Sequence[Panel], dossiers: Mapping[int, Sequence[Application]]) -> None:
    """Store new panels with the dossiers of each, by the panel's number. Three queries."""
    industries = {panel.number: _industries(dossiers[panel.number]) for panel in panels}
    for panel in panels:
        _name(panel, industries[panel.number])
    Panel.objects.bulk_create(panels)
    PanelApplication.objects.bulk_create(
        PanelApplication(panel=panel, application=application, order=order)
        for panel in panels
        for order, application in enumerate(dossiers[panel.number], start=1)
    )
    _tie(panels, industries)


def rename(panels: Sequence[Panel], dossiers: Mapping[int, Sequence[Application]]) -> None:
    """Name stored panels after the dossiers they have now. Three queries."""
    industries = {panel.number: _industries(dossiers[panel.number]) for panel in panels}
    for panel in panels:
        _name(panel, industries[panel.number])
    Panel.objects.bulk_update(panels, ["name_zh", "name_en"])
    Panel.industries.through.objects.filter(panel__in=panels).delete()
    _tie(panels, industries)


def _industries(dossiers: Iterable[Application]) -> list[Industry]:
    """The industries of these dossiers, most dossiers first."""
    counts = Counter(one.industry for one in dossiers if one.industry is not None)
    return [industry for industry, _n in counts.most_common()]


def _name(panel: Panel, industries: Sequence[Industry]) -> None:
    first, more = industries[:NAMED], len(industries) - NAMED
    panel.name_zh = "、".join(i.name_zh for i in first) + (
        f"等{len(industries)}个产业" if more > 0 else ""
    )
    panel.name_en = ", ".join(i.name_en for i in first) + (f" and {more} more" if more > 0 else "")


def _tie(panels: Sequence[Panel], industries: Mapping[int, Sequence[Industry]]) -> None:
    through = Panel.industries.through
    through.objects.bulk_create(
        through(panel=panel, industry=industry)
        for panel in panels
        for industry in industries[panel.number]
    )
