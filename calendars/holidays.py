"""The holidays by law (全国年节及纪念日放假办法), and the days a notice sets. No Django."""

from dataclasses import dataclass
from datetime import date

from calendars.table import SATURDAY

NAMES = {
    "new_year": "元旦",
    "spring_festival": "春节",
    "tomb_sweeping": "清明节",
    "labour": "劳动节",
    "dragon_boat": "端午节",
    "mid_autumn": "中秋节",
    "national": "国庆节",
}
"""Code → name, in the order of the year."""

OTHER = "other"
"""A day set apart by its own decision; its name says which."""


@dataclass(frozen=True)
class NoticeDay:
    """One day that a notice declares worked or off, and on account of which holiday."""

    day: date
    is_working: bool
    holiday: str
    name: str = ""

    @property
    def differs(self) -> bool:
        """Whether the week alone would say otherwise (a Saturday off needs no mention)."""
        return self.is_working != (self.day.weekday() < SATURDAY)
