"""A document ready to be set: plain values, from which its bytes follow and nothing else. No
Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a document of record.

    `layout`: a file of `papers/layouts`; `number` and `digest` (SM3, hex) those of the record it
    is set from; `at`: the instant of the record, which is the PDF's date too; `values`: what the
    layout shows, JSON-able, any text in it being data and never markup; `facts`: label and value
    of what a reader of the printed sheet compares with the verification page.
    """

    layout: str
    title: str
    number: str
    digest: str
    at: datetime
    values: Mapping[str, Any]
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def file_name(self) -> str:
        return f"{self.title} {self.number}.pdf"
