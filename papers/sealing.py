"""Electronic seals: the interface a provider serves, and the one that the settings name.

GB/T 38540 names what an electronic seal is; who issues one is a service outside. A provider is a
class without arguments at a dotted path in STEELYARD_SEAL. It sets its seal and answers at once,
or raises `SealRefused`; it keeps its own time limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from audit.refusals import Refused

Side = Literal["office", "firm"]


class SealRefused(Refused):
    """The provider did not set its seal."""

    default_message = _(
        "The seal service did not set the seal. Try again later, or upload the stamped scan."
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose seal: the side of the agreement, the organisation, its 统一社会信用代码 ("" for the
    office) and who presses for it."""

    side: Side
    name: str
    uscc: str
    pressed_by: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The sealed PDF, and what the provider says of its seal: JSON-able, kept with the record."""

    document: bytes
    certificate: Mapping[str, Any] = field(default_factory=dict)


class SealProvider(Protocol):
    """`name` is kept with every seal; `is_test`: its seals bind nobody and say so."""

    name: str
    is_test: bool

    def seal(self, document: bytes, *, holder: Holder, at: datetime) -> Sealed:
        """The PDF with the holder's seal; seals that it bears already stay. Raises SealRefused."""
        ...

    def verify(self, sealed: Sealed) -> bool:
        """Whether the document bears the seal that the certificate tells of, unaltered."""
        ...


def provider() -> SealProvider | None:
    """The provider that the settings name; None: both sides upload stamped scans."""
    return _made(settings.STEELYARD_SEAL)


@cache
def _made(path: str) -> SealProvider | None:
    if not path:
        return None
    made: SealProvider = import_string(path)()
    return made
