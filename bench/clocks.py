"""The clocks of a hundred thousand open requests: arithmetic alone, and the lead's board."""

from datetime import date, timedelta
from random import Random

from bench import database
from bench.figures import Figure, Found, Work
from calendars import known
from calendars.counting import DayCounts, ordinals
from calendars.table import WorkingDays


def arithmetic(count: int) -> Work:
    """Working days used by so many clocks, a third of them with a pause, from one table."""
    import numpy as np

    years = known.years()
    table = WorkingDays(
        {day.day: day.is_working for _no, days in years.values() for day in days}, set(years)
    )
    dice, today = Random(3), date(2026, 6, 30)
    starts = [today - timedelta(days=dice.randrange(500)) for _n in range(count)]
    paused = [n for n in range(count) if n % 3 == 0]
    first = [starts[n] + timedelta(days=5) for n in paused]
    last = [min(day + timedelta(days=9), today) for day in first]

    def work() -> str:
        days = DayCounts(min(starts), today + timedelta(days=20), table)
        used = days.elapsed_many(starts, [today] * count)
        lost = days.between(ordinals(first) - 1, ordinals(last))
        np.subtract.at(used, np.array(paused), lost)
        return f"{int((used > 15).sum()):,} of {count:,} over 15 working days"

    return work


def board(count: int, projects: int, secretaries: int) -> Work:
    """The lead's board as its page reads it: a number of queries, whatever the size."""
    database.start()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from audit import clock
    from bench import review_rows, service_rows
    from calendars.selectors import working_days
    from secretaries.selectors.board import board as read
    from secretaries.services.batches import appoint_many

    review_rows.write(projects, 1, 4)
    service_rows.award_all()
    service_rows.secretaries(secretaries, timedelta(days=400))
    appoint_many(applications=service_rows.served())
    service_rows.requests(count)
    now, table = clock.now(), working_days()
    read(now, table)

    def work() -> Found:
        before = database.processor()
        with CaptureQueriesContext(connection) as captured:
            found = read(now, table)
        elsewhere = database.processor() - before
        clocks = found.clocks
        words = (
            f"{clocks.over:,} over, {clocks.near:,} near, {clocks.paused:,} paused of "
            f"{clocks.total:,}; {len(found.loads)} secretaries; {len(captured)} queries, "
            f"{elsewhere:.2f} s of it in PostgreSQL"
        )
        return Found(words, elsewhere, holds=clocks.total == count)

    return work


FIGURES = (
    Figure("clocks: working days of 100,000 with pauses", lambda: arithmetic(100_000), 1.0),
    Figure("clocks: the board over 100,000 requests", lambda: board(100_000, 2_000, 800), 1.0),
)
