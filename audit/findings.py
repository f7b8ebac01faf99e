"""What a verification finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One row that does not hold.

    `kind` is "altered", "missing", "added", "anchor" or "witness"; `subject` names the row
    ("event 12", "seal 12", a witness's name); `line` says it in full, in the reader's language.
    """

    kind: str
    subject: str
    line: str

    def __str__(self) -> str:
        return self.line
