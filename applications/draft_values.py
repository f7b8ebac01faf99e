"""The figures of a draft by name, whatever section they stand in."""

from collections.abc import Mapping
from decimal import Decimal

Sections = Mapping[str, Mapping[str, str]]


class Values:
    """The figures of a draft by name; None where nothing stands yet."""

    def __init__(self, sections: Sections) -> None:
        self._flat = {name: v for data in sections.values() for name, v in data.items()}

    def number(self, name: str) -> Decimal | None:
        value = self._flat.get(name)
        return Decimal(value) if value else None

    def numbers(self, *names: str) -> tuple[Decimal, ...] | None:
        """All of them, or None when one is missing."""
        found = [self.number(n) for n in names]
        return tuple(n for n in found if n is not None) if None not in found else None

    def text(self, name: str) -> str:
        return self._flat.get(name, "")
