"""Tables for the pure functions: the released years, and two older ones."""

from datetime import date

from calendars import known
from calendars.table import WorkingDays

RELEASED = WorkingDays(
    {day.day: day.is_working for _, days in known.years().values() for day in days},
    frozenset(known.years()),
)


def off(*days):
    return {date.fromisoformat(day): False for day in days}


def work(*days):
    return {date.fromisoformat(day): True for day in days}


# 国办发明电〔2018〕15号, with the change of 2019-03-22 for Labour Day: what touches May and June.
Y2019 = WorkingDays(
    off("2019-05-01", "2019-05-02", "2019-05-03", "2019-06-07") | work("2019-04-28", "2019-05-05"),
    {2019},
)
# 国办发明电〔2021〕11号: what touches April and May.
Y2022 = WorkingDays(
    off("2022-04-04", "2022-04-05", "2022-05-02", "2022-05-03", "2022-05-04")
    | work("2022-04-02", "2022-04-24", "2022-05-07"),
    {2022},
)
PLAIN = WorkingDays({}, frozenset())
