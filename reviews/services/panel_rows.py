"""The rows of panels: locked with their call, laid out, named after their industries, dissolved."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call, CallStatus, Industry
from audit import clock
from audit.refusals import WrongState
from reviews.models import Draw, Panel, PanelApplication
from reviews.selectors.office import STILL_CHECKED

NAMED = 4  # a panel of more industries is named after the first and their number

DISSOLVE = """
WITH places AS (DELETE FROM reviews_panelapplication WHERE panel_id = ANY(%(panels)s)),
     industries AS (DELETE FROM reviews_panel_industries WHERE panel_id = ANY(%(panels)s))
DELETE FROM reviews_panel WHERE id = ANY(%(panels)s)
"""


class Stands(NamedTuple):
    """How a call stands before its draw: whether a draw was ever made, whether dossiers are still
    checked, the ids of its panels, and the instant."""

    drawn: bool
    pending: bool
    panels: list[int]
    now: datetime


def lock_call(call: Call) -> tuple[Call, Stands]:
    """The call, locked, while its panels may still be changed. Two queries."""
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.status not in (CallStatus.PUBLISHED, CallStatus.SCREENED):
        raise WrongState(_("Panels are formed after screening and before the review."))
    own = {"call": OuterRef("pk")}
    draws, panels = Draw.objects.filter(**own), Panel.objects.filter(**own)
    pending = Application.objects.filter(**own, status__in=STILL_CHECKED)
    is_live, *stands = (
        Call.objects.filter(pk=locked.pk)
        .values_list(
            Exists(draws.exclude(status="void")),
            Exists(draws),
            Exists(pending),
            ArraySubquery(panels.values("pk")),
            clock.NOW,
        )
        .get()
    )
    if is_live:
        raise WrongState(_("A draw is already prepared on these panels; void it first."))
    return locked, Stands(*stands)


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
