"""What the system computes beside the figures: ratios, and the points of formula leaves."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from applications import panels, sections
from applications.figures import Figures, FiguresError
from applications.models import Application
from applications.ratios import Ratio, ratios
from applications.snapshots import catalogue_match_of, figures_of


@dataclass(frozen=True, slots=True)
class Calculation:
    """One computed line under the field `after`: a ratio, points, or both."""

    after: str
    label: str | Promise
    value: str
    working: str | Promise
    points: panels.Points | None = None


def for_section(
    application: Application, data: Mapping[str, Mapping[str, str]], code: str
) -> list[Calculation]:
    """The computed lines of one section, in the order of its fields."""
    own = [field.name for field in sections.BY_CODE[code].fields]
    found = ratios(data)
    homes = {frozenset(ratio.inputs): ratio.section for ratio in found}
    points = {
        frozenset(p.fields): p
        for p in _points(application, data)
        if homes.get(frozenset(p.fields), _home(p.fields)) == code
    }
    lines = [
        _line(ratio, own, points.pop(frozenset(ratio.inputs), None))
        for ratio in found
        if ratio.section == code
    ]
    lines += [Calculation(_place(p.fields, own), "", "", p.working, p) for p in points.values()]
    return sorted(lines, key=lambda line: own.index(line.after))


def _home(names: tuple[str, ...]) -> str:
    """The section where most of these figures are typed; of equals, the first."""
    counts = Counter(
        sections.FIGURE_FIELDS[name] for name in names if name in sections.FIGURE_FIELDS
    )
    ordered = sorted(counts, key=lambda code: (-counts[code], sections.CODES.index(code)))
    return ordered[0] if ordered else ""


def _line(ratio: Ratio, own: list[str], points: panels.Points | None) -> Calculation:
    return Calculation(_place(ratio.inputs, own), ratio.label, ratio.value, ratio.working, points)


def _place(names: tuple[str, ...], own: list[str]) -> str:
    """The last field of this section among the inputs; "" when none stands here."""
    here = [n for n in own if n in names]
    return here[-1] if here else ""


def _points(application: Application, data: Mapping[str, Mapping[str, str]]) -> list[panels.Points]:
    if not panels.has_points():
        return []
    try:
        figures = Figures.from_content(figures_of(data, catalogue_match_of(application)))
    except FiguresError:
        return []  # stored before a field's rule changed: say nothing rather than wrong
    return panels.points_for(application, figures)
