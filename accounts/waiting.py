"""What waits for a person: the shape every app uses to tell the workbench."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """One act that waits for one person.

    title: the act, as a verb phrase; why: one line of reason; due: the instant it must be
    done by, if any; count: how many things stand behind it; late: the instant has passed.
    """

    title: str
    why: str
    url: str
    due: datetime | None = None
    count: int = 1
    late: bool = False
    provisional: bool = False
