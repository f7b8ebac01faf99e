"""The instant at which a day's time limit ends."""

from datetime import date, datetime, time

from calendars.wording import SHANGHAI


def end_of_day(day: date) -> datetime:
    """The last second of a due day in Shanghai (民法典 art. 203: the last day ends at midnight)."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)
