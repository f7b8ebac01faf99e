"""How days and instants are written, in both languages. No Django: pages, messages and documents
all use these words.

Chinese: 6月12日（周五）17:00; English: Fri 12 June, 17:00. The year is written when it is not
`year_now`, and always when `year_now` is None.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from calendars.clocks import elapsed
from calendars.table import WorkingDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

# Who renders a page lends its clock, so that words like "today" follow the database's time.
_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("wording_clock", default=None)


def use_clock(clock: Callable[[], datetime] | None) -> None:
    """Take "now" from this clock (aware instants), asked only when needed, in this thread of work;
    None forgets it."""
    _clock.set(clock)


def now_here() -> datetime | None:
    """The lent clock's instant in Shanghai, or None when nobody lent one."""
    clock = _clock.get()
    return clock().astimezone(SHANGHAI) if clock else None


def worked_since(instant: datetime, now: datetime, table: WorkingDays) -> int:
    """The working days after the day of the instant, that of `now` counted."""
    return elapsed(day_of(instant), day_of(now), (), table)


def local(value: datetime) -> datetime:
    """An aware instant as Shanghai's wall clock; a naive one is taken as it stands."""
    return value.astimezone(SHANGHAI) if value.tzinfo else value


def day_of(value: date | datetime) -> date:
    """The Shanghai day of an instant; a date as it stands."""
    return local(value).date() if isinstance(value, datetime) else value


def is_chinese(language: str) -> bool:
    return language.startswith("zh")


def clock_text(value: datetime) -> str:
    """17:00"""
    return local(value).strftime("%H:%M")


def day_text(
    value: date | datetime, language: str, *, year_now: int | None, week: bool = False
) -> str:
    """6月12日, or 2025年6月12日 when the year is not `year_now`; with 周五 when `week`."""
    d = day_of(value)
    with_year = d.year != year_now
    if is_chinese(language):
        year = f"{d.year}年" if with_year else ""
        weekday = f"（周{WEEKDAYS_ZH[d.weekday()]}）" if week else ""
        return f"{year}{d.month}月{d.day}日{weekday}"
    year = f" {d.year}" if with_year else ""
    weekday = f"{WEEKDAYS_EN[d.weekday()]} " if week else ""
    return f"{weekday}{d.day} {MONTHS_EN[d.month - 1]}{year}"


def month_text(value: date, language: str) -> str:
    """2026年6月; short in English, as it heads the narrow rows of tables."""
    if is_chinese(language):
        return f"{value.year}年{value.month}月"
    return f"{MONTHS_EN[value.month - 1][:3]} {value.year}"


def moment_text(value: datetime, language: str, *, year_now: int | None, week: bool = True) -> str:
    """6月12日（周五）17:00; without the weekday 6月12日 17:00."""
    day = day_text(value, language, year_now=year_now, week=week)
    if not is_chinese(language):
        return f"{day}, {clock_text(value)}"
    return f"{day}{'' if week else ' '}{clock_text(value)}"


def period_text(
    start: date | datetime, end: date | datetime, language: str, *, year_now: int | None
) -> str:
    """6月17日至24日; the end repeats only what differs from the start."""
    a, b = day_of(start), day_of(end)
    first = day_text(a, language, year_now=year_now)
    if a == b:
        return first
    if not is_chinese(language):
        if (a.year, a.month) == (b.year, b.month):
            return f"{a.day} to {day_text(b, language, year_now=year_now)}"
        return f"{first} to {day_text(b, language, year_now=year_now)}"
    if a.year != b.year:
        return f"{first}至{day_text(b, language, year_now=None)}"
    return f"{first}至{b.day}日" if a.month == b.month else f"{first}至{b.month}月{b.day}日"


def until_text(due: datetime, now: datetime, language: str) -> str:
    """今天 17:00 前, 明天 17:00 前, 6月9日前; once passed 超 2 日 (calendar days, at least 1)."""
    days = (day_of(due) - day_of(now)).days
    chinese = is_chinese(language)
    if due <= now:
        over = max(1, -days)
        if chinese:
            return f"超 {over} 日"
        return f"{over} day late" if over == 1 else f"{over} days late"
    if days <= 1:
        word = (("今天", "today"), ("明天", "tomorrow"))[days][0 if chinese else 1]
        return f"{word} {clock_text(due)} 前" if chinese else f"{word} by {clock_text(due)}"
    day = day_text(due, language, year_now=local(now).year)
    return f"{day}前" if chinese else f"by {day}"


def over_text(days: int, language: str) -> str:
    """超 7 个工作日: so many working days past a limit that was counted in them; 超期 on the days
    off that follow its last day."""
    if is_chinese(language):
        return f"超 {days} 个工作日" if days else "超期"
    return f"{days} working day{'' if days == 1 else 's'} late" if days else "overdue"


def left(due: datetime, now: datetime) -> tuple[int, int, int]:
    """Days, hours and minutes from now to the instant; all 0 when it has passed."""
    rest = max(due - now, timedelta())
    minutes = int(rest.total_seconds() // 60)
    return minutes // 1440, minutes // 60 % 24, minutes % 60
