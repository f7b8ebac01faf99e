"""Writing a ranking's entries: thousands of rows, each with a page of grounds, in one statement."""

import json
from collections.abc import Iterable

from django.db import connection

from reviews.many_rows import uncollected
from reviews.models import Ranking, RankingEntry
from reviews.selectors.recomputed import SUBSTANCE

encoded = json.JSONEncoder(check_circular=False).encode
PLAIN = tuple(name for name in SUBSTANCE if name != "details")
COLUMNS = ("ranking_id", "application_id", *PLAIN, "details")
COPY_ENTRIES = f"COPY {RankingEntry._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN"


@uncollected()
def write_entries(ranking: Ranking, entries: Iterable[RankingEntry]) -> None:
    """Insert the entries of a ranking by COPY: an INSERT of as many spends more on quoting the
    grounds than the whole ranking takes.
    """
    with connection.cursor() as cursor, cursor.copy(COPY_ENTRIES) as copy:
        for entry in entries:
            values = [getattr(entry, name) for name in PLAIN]
            copy.write_row([ranking.pk, entry.application_id, *values, encoded(entry.details)])
