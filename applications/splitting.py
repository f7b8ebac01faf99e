"""Sharing a whole sum out exactly. Plain Python."""

from collections.abc import Mapping


def split(whole: int, parts: Mapping[str, int]) -> dict[str, int]:
    """The whole in proportion to the parts, in whole numbers that add up to it exactly.

    What rounding down leaves goes one by one to the largest remainders, equals by name.
    """
    every = sum(parts.values())
    found = {name: divmod(whole * part, every) for name, part in parts.items()}
    missing = whole - sum(down for down, _rest in found.values())
    first = sorted(found, key=lambda name: (-found[name][1], name))[:missing]
    return {name: down + (name in first) for name, (down, _rest) in found.items()}
