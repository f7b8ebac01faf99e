"""Points of formula leaves at the figures typed so far, shown to the applicant beside them."""

from collections.abc import Iterator

from applications.figures import Figures
from applications.models import Application
from applications.panels import Points
from applications.sheet import SheetError, parse
from reviews.scoring import compute


def points_of(application: Application, figures: Figures) -> Iterator[Points]:
    """Each formula leaf of the call's sheet with the references of the dossier's industry.

    The panel's own references come from that industry as well, so the points stay the same.
    """
    references = application.industry.references if application.industry else {}
    try:
        sheet = parse(application.call.sheet).with_references(references)
    except SheetError:
        return
    for result in compute(sheet, figures).values():
        if not result.missing:
            yield Points(
                leaf=result.code,
                fields=tuple(given.key for given in result.inputs),
                score=result.score,
                most=result.max,
                working=result.working,
            )
