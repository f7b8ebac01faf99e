"""Writing a ranking's entries: thousands of rows, each with a page of grounds, in one statement."""

from collections.abc import Iterable

from django.db import connection

from reviews.many_rows import uncollected
from reviews.models import Ranking, RankingEntry
from reviews.selectors.recomputed import PLAIN, Placed

COLUMNS = ("ranking_id", "application_id", *PLAIN, "details")
COPY_ENTRIES = f"COPY {RankingEntry._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"


@uncollected()
def write_entries(ranking: Ranking, entries: Iterable[Placed], grounds: Iterable[str]) -> None:
    """Insert the entries of a ranking, each with its grounds as JSON, by COPY: an INSERT of as many
    spends more on quoting the grounds than the whole ranking takes.
    """
    with connection.cursor() as cursor, cursor.copy(COPY_ENTRIES) as copy:
        for entry, ground in zip(entries, grounds, strict=True):
            values = [getattr(entry, name) for name in PLAIN]
            copy.write_row([ranking.pk, entry.application_id, *values, ground])
