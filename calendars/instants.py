"""Days as instants: where a Shanghai day begins and ends. No Django."""

from datetime import date, datetime, time

from calendars.wording import SHANGHAI


def start_of_day(day: date) -> datetime:
    """The first instant of this day in Shanghai (aware)."""
    return datetime.combine(day, time(), SHANGHAI)


def end_of_day(day: date) -> datetime:
    """The last instant of this day in Shanghai (aware): a limit that ends on it ends then."""
    return datetime.combine(day, time.max, SHANGHAI)
