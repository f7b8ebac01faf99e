"""Writing a ranking's entries: thousands of rows, each with a page of grounds, in one statement."""

from django.db import connection

from reviews.models import Ranking
from reviews.selectors.recomputed import SUBSTANCE

# From the document that the digest is taken of. `bulk_create` would send the grounds as an array
# whose every quotation mark is escaped once more in Python, which costs more than the ranking.
INSERT = f"""
INSERT INTO reviews_rankingentry (ranking_id, application_id, {", ".join(SUBSTANCE)})
SELECT %s, a.id, {", ".join(f"r.{name}" for name in SUBSTANCE)}
FROM json_to_recordset(%s::json) AS r(
    application text, rank integer, total numeric, state text, quality numeric, employment numeric,
    net_new_jobs numeric, requested numeric, scores smallint, tied boolean, panel smallint,
    panel_rank integer, industry text, prefecture text, details jsonb)
JOIN applications_application a ON a.number = r.application
"""  # noqa: S608  (our own column names)


def write_entries(ranking: Ranking, document: bytes) -> None:
    """Insert the entries of a ranking from its document. One query."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [ranking.pk, document.decode()])
