"""What stands on the blank sheet of one dossier, and the line by which a filled one is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from applications.sheet import Leaf, Sheet
from audit.digests import canonical, sm3
from reviews.scoring import Computed

PROTOCOL: Final = "steelyard-sheet-1"
SPOKEN: Final = "steelyard-hearing-sheet-1"  # of the sheets of a hearing
SEPARATOR: Final = " / "
OVERALL: Final = "overall"
# Columns of a worksheet, from 0.
CODE, NAME, TIERS, MOST, SCORE, COMMENT, KEY = range(7)


@dataclass(frozen=True, slots=True)
class Filled:
    """What an expert has marked so far on a leaf. `version` is the mark's, 0 for none."""

    score: Decimal | None = None
    comment: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose sheet it is: the call's number, the panel's, the seat's code, the pseudonym; of which
    stage, by its protocol.
    """

    call: str
    panel: int
    seat: str
    expert: str
    protocol: str = PROTOCOL

    @property
    def parts(self) -> tuple[str, ...]:
        return (self.call, str(self.panel), self.seat, self.expert)


@dataclass(frozen=True, slots=True)
class Block:
    """One dossier's sheet. `submission`: version and digest of what was submitted.

    computed: formula leaves by code; marks and overall: what the owner has so far, nothing on a
    blank one.
    """

    assignment: int
    owner: Owner
    order: int
    number: str
    title: str
    firm: str
    submission: tuple[int, str]
    sheet: Sheet
    computed: Mapping[str, Computed]
    marks: Mapping[str, Filled] = field(default_factory=dict)
    overall: Filled = field(default_factory=Filled)

    @property
    def identity(self) -> str:
        """The line on the sheet: protocol, owner, dossier, version, digest of the blank."""
        version, _digest = self.submission
        parts = (self.owner.protocol, *self.owner.parts, self.number, f"v{version}", self.digest)
        return SEPARATOR.join(parts)

    @property
    def digest(self) -> str:
        """SM3 over all that the expert judges by, in no language: not over marks."""
        content = {
            "protocol": self.owner.protocol,
            "owner": list(self.owner.parts),
            "application": self.number,
            "submission": list(self.submission),
            "leaves": [self._leaf(leaf) for leaf in self.sheet.leaves()],
        }
        return sm3(canonical(content))

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        found = {"code": leaf.code, "max": str(leaf.weight)}
        if leaf.mode == "formula":
            result = self.computed.get(leaf.code)
            return found | {"score": str(result.score) if result else ""}
        tiers = [[str(t.low), str(t.high), str(t.base), t.label_zh] for t in leaf.tiers]
        return found | {"tiers": tiers}

    def filled(self, code: str) -> Filled:
        return self.marks.get(code, Filled())


def owner_of(identity: str) -> tuple[str, ...] | None:
    """The owner's parts of a line found in a file; None where it is no such line."""
    parts = identity.split(SEPARATOR)
    return tuple(parts[1:5]) if len(parts) == 8 and parts[0] in (PROTOCOL, SPOKEN) else None


def protocol_of(identity: str) -> str:
    """The protocol of such a line: that of the paper review, or of the hearing."""
    return identity.split(SEPARATOR, maxsplit=1)[0]


def number_of(identity: str) -> str:
    """The dossier's number of a line that has an owner."""
    return identity.split(SEPARATOR)[5]


def key_of(leaf: str, version: int) -> str:
    """What the hidden column holds beside an input, to know the row and the mark's version."""
    return f"{leaf}:{version}"


def read_key(text: str) -> tuple[str, int] | None:
    """Leaf and version of such a cell; None for anything else."""
    leaf, colon, version = text.rpartition(":")
    if not (leaf and colon and version.isascii() and version.isdigit() and len(version) < 9):
        return None
    return leaf, int(version)


def by_identity(blocks: Sequence[Block]) -> dict[str, Block]:
    return {block.identity: block for block in blocks}
