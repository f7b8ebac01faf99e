"""Closing a stage into a ranking: the service as the officer's button calls it, on real tables."""

from functools import partial
from typing import Any

from bench import database
from bench.figures import Figure, Found, Work

ROUNDS = 3  # of the sum and of the ranking: others share the processor, so the best of each counts
TIMES = 3  # as long as PostgreSQL needs to sum the same rows, at most
# The plainest sum of the marks: by dossier and expert, over the call's locked sheets.
MERELY = """
SELECT a.application_id, a.expert_id, sum(m.score)
FROM reviews_mark m
JOIN reviews_assignment a ON a.id = m.assignment_id
JOIN reviews_panel p ON p.id = a.panel_id
WHERE p.call_id = %s AND a.state = 'locked'
GROUP BY a.application_id, a.expert_id
"""


def closed(dossiers: int, experts: int, leaves: int, **rules: Any) -> Work:
    """`compute_ranking` on a call of this size, everything but the scores of marks being small."""
    database.start()
    from bench import review_rows
    from reviews.services.ranking import compute_ranking

    call, officer = review_rows.write(dossiers, experts, leaves, **rules)

    def compute() -> None:
        compute_ranking(call=call, by=officer)

    yardstick = min(database.took(partial(_sum, call.pk)) for _ in range(ROUNDS))
    tried = [database.took(partial(database.undone, compute)) for _ in range(ROUNDS)]

    def work() -> Found:
        before = database.processor()
        compute()
        elsewhere = database.processor() - before
        times = min(tried) / yardstick
        return Found(
            f"{call.rankings.get().entries.count():,} entries, {elsewhere:.2f} s of it in "
            f"PostgreSQL; at best of {ROUNDS} {times:.1f} x its {yardstick:.2f} s for merely "
            f"summing, at most {TIMES}",
            elsewhere,
            times <= TIMES,
        )

    return work


def _sum(call: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(MERELY, [call])
        cursor.fetchall()


FIGURES = (
    Figure(
        "ranking: 10,000 dossiers x 7 experts x 20 leaves",
        lambda: closed(10_000, 7, 20),
        10.0,
    ),
)
