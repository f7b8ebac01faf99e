"""评审分组 as plain Python: dossiers into panels by industry, kindred together, never by place.

Industries stand in one order in which neighbours are kindred. The order is cut into runs, and of
all ways to cut it the best is found exactly: as little as possible missing to the smallest size
over all panels, then as few strangers of another family on a panel as possible, then as few
panels as possible, then panels of even size. An industry too large for one panel is dealt out
evenly. Industries measured against other references never share a panel, because their points
could not be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

SMALLEST, LARGEST = 8, 25

# (family, industries): neighbours in this order are kindred, across families as well.
KINDRED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("digital", ("digital",)),
    ("machines", ("ev_parts", "equipment")),
    ("materials", ("metals_materials", "green_load", "basic_chemicals")),
    ("medicine", ("medical_devices", "biopharma", "health")),
    ("food", ("medicine_food", "nuts", "agri_food")),
    ("textiles", ("textiles",)),
    ("other", ("encouraged", "other", "restricted")),
)
_FAMILY: Final = {code: family for family, codes in KINDRED for code in codes}
_PLACE: Final = {code: n for n, code in enumerate(c for _, codes in KINDRED for c in codes)}


@dataclass(frozen=True, slots=True)
class Block:
    """The dossiers of one industry. `references`: equal when the references are."""

    industry: str
    dossiers: tuple[int, ...]
    references: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One panel-to-be: its industries, most dossiers first, and its dossiers."""

    industries: tuple[str, ...]
    dossiers: tuple[int, ...]


def family_of(industry: str) -> str:
    """The family of kindred industries; an industry of its own is its own family."""
    return _FAMILY.get(industry, industry)


def group(
    blocks: Sequence[Block], *, smallest: int = SMALLEST, largest: int = LARGEST
) -> list[Group]:
    """The panels, in the kindred order. Raises ValueError unless 1 ≤ smallest ≤ largest."""
    if not 1 <= smallest <= largest:
        raise ValueError("a panel's smallest size lies between 1 and its largest")
    ordered = sorted(
        (block for block in blocks if block.dossiers),
        key=lambda b: (b.references, _PLACE.get(b.industry, len(_PLACE)), b.industry),
    )
    parts = [part for block in ordered for part in _dealt(block, largest)]
    return [_group(parts[a:b]) for a, b in _runs(parts, smallest, largest)]


def _dealt(block: Block, largest: int) -> list[Block]:
    """One block, or several of even size when it is too large for a panel."""
    count = -(-len(block.dossiers) // largest)
    return [Block(block.industry, block.dossiers[n::count], block.references) for n in range(count)]


def _group(parts: Sequence[Block]) -> Group:
    by_size = sorted(parts, key=lambda part: -len(part.dossiers))
    return Group(
        industries=tuple(dict.fromkeys(part.industry for part in by_size)),
        dossiers=tuple(pk for part in parts for pk in part.dossiers),
    )


Cost = tuple[int, int, int, int]


def _runs(parts: Sequence[Block], smallest: int, largest: int) -> list[tuple[int, int]]:
    """The best cut of the order: (start, end) of each panel."""

    @cache
    def best(start: int) -> tuple[Cost, tuple[tuple[int, int], ...]]:
        if start == len(parts):
            return (0, 0, 0, 0), ()
        found: tuple[Cost, tuple[tuple[int, int], ...]] | None = None
        for end in range(start + 1, len(parts) + 1):
            run = parts[start:end]
            size = sum(len(part.dossiers) for part in run)
            strange = any(part.references != run[0].references for part in run)
            if end > start + 1 and (size > largest or strange):
                break
            rest, cuts = best(end)
            own = (
                max(0, smallest - size),
                len({family_of(part.industry) for part in run}) - 1,
                1,
                size * size,
            )
            cost = (own[0] + rest[0], own[1] + rest[1], own[2] + rest[2], own[3] + rest[3])
            if found is None or cost < found[0]:
                found = cost, ((start, end), *cuts)
        assert found is not None
        return found

    return list(best(0)[1])
