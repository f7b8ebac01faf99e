"""Reading the State Council's yearly notice on holidays. No Django.

The notice is pasted as it was published: numbered paragraphs, each with the holiday's name, the
days off (…放假) and the days worked instead (…上班). Everything else in it is left alone.
"""

import re
from datetime import date, timedelta

from calendars.holidays import NAMES, OTHER, NoticeDay

HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、([^：:。\n]{1,20})[：:]")
REMARK = re.compile(r"[（(][^（）()]*[）)]")
DAY = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日"
SPAN = re.compile(DAY.format("a") + r"(?:(?:至|到|—|－|-|~)" + DAY.format("b") + ")?")
LONGEST_HOLIDAY = timedelta(days=15)


class UnreadableNoticeError(ValueError):
    """The text holds no notice, or one that contradicts itself; `text` is the part at fault."""

    def __init__(self, key: str, text: str = "") -> None:
        self.key, self.text = key, text
        super().__init__(f"{key}: {text}" if text else key)


def read(text: str, year: int) -> list[NoticeDay]:
    """The days that the notice for this year sets apart from the ordinary week, in order.

    UnreadableNoticeError with key "no_paragraphs", "no_such_day", "too_long", "order" or
    "contradiction".
    """
    found: dict[date, NoticeDay] = {}
    paragraphs = _paragraphs(text)
    if not paragraphs:
        raise UnreadableNoticeError("no_paragraphs")
    for heading, body in paragraphs:
        for day in _days(heading, REMARK.sub("", body), year):
            other = found.setdefault(day.day, day)
            if other.is_working != day.is_working:
                raise UnreadableNoticeError("contradiction", day.day.isoformat())
    return [found[day] for day in sorted(found) if found[day].differs]


def _paragraphs(text: str) -> list[tuple[str, str]]:
    """Heading and body of each numbered paragraph; a body ends with its line."""
    closed = re.sub(r"[\r \u3000\xa0\t]", "", text)
    headings = list(HEADING.finditer(closed))
    starts = [heading.start() for heading in headings] + [len(closed)]
    return [
        (heading[1], closed[heading.end() : end].partition("\n")[0])
        for heading, end in zip(headings, starts[1:], strict=True)
    ]


def _days(heading: str, body: str, year: int) -> list[NoticeDay]:
    days = []
    month: int | None = None
    for sentence in re.split(r"[。；;]", body):
        verb = re.search(r"放假|上班", sentence)
        if verb is None:
            continue
        for span in SPAN.finditer(sentence[: verb.start()]):
            first, last, month = _ends(span, year, month)
            for offset in range((last - first).days + 1):
                day = first + timedelta(days=offset)
                days.append(NoticeDay(day, verb.group() == "上班", code_of(heading, day), heading))
    return days


def _ends(span: re.Match[str], year: int, month: int | None) -> tuple[date, date, int]:
    first = _date(span, "a", year, month)
    if span["bd"] is None:
        return first, first, first.month
    last = _date(span, "b", first.year if span["ay"] else year, first.month)
    if last < first:
        raise UnreadableNoticeError("order", span.group())
    if last - first > LONGEST_HOLIDAY:
        raise UnreadableNoticeError("too_long", span.group())
    return first, last, last.month


def _date(span: re.Match[str], end: str, year: int, month: int | None) -> date:
    said = span[f"{end}m"]
    if said is None and month is None:
        raise UnreadableNoticeError("no_such_day", span.group())
    try:
        return date(int(span[f"{end}y"] or year), int(said or month or 0), int(span[f"{end}d"]))
    except ValueError as error:
        raise UnreadableNoticeError("no_such_day", span.group()) from error


def code_of(heading: str, day: date) -> str:
    """The holiday a paragraph is about; of a merged 中秋节、国庆节 the part the day belongs to."""
    codes = [code for code, name in NAMES.items() if name in heading or heading in name]
    if not codes:
        return OTHER
    if "national" in codes and "mid_autumn" in codes:
        return "mid_autumn" if day.month == 9 and day.weekday() < 5 else "national"
    return codes[0]
