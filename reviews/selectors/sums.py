"""The experts' sums of a whole call, added up by the database in one pass over the locked marks.

`numeric` is exact, so the sums are those of `reviews.scoring.sums`, which a test holds on random
marks. Everything after the sums (trimming, ties, rounding) stays in plain Python.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from applications.models import Call
from applications.sheet import Sheet
from reviews.models import AssignmentState, Stage
from reviews.scoring import Given

SHEETS = """
reviews_assignment a JOIN reviews_panel p ON p.id = a.panel_id
WHERE p.call_id = %(call)s AND a.stage = %(stage)s AND (a.state = %(locked)s {voided}){only}
"""
ENDS = ("(SELECT min(a.id) FROM {sheets})", "(SELECT max(a.id) FROM {sheets})")
BOUNDS = "SELECT min(a.id), max(a.id) FROM {sheets}"
# Added up by assignment first: its number is the shortest thing that tells the sheets apart. Those
# of a call were laid out together, so two bounds leave out the marks of others at once; asking of
# each mark whether its sheet is one of them takes a fifth longer.
SUMS = """
SELECT a.application_id, e.pseudonym, coalesce(added.total, 0.00),
       coalesce(added.employment, 0.00), added.marked
FROM (
    SELECT m.assignment_id, sum(m.score) AS total, count(m.score) AS marked,
           sum(m.score) FILTER (WHERE m.leaf = ANY(%(employment)s)) AS employment
    FROM reviews_mark m
    WHERE m.leaf = ANY(%(leaves)s) AND m.assignment_id BETWEEN {first} AND {last}
    GROUP BY m.assignment_id
) added
JOIN (SELECT a.id, a.application_id, a.expert_id FROM {sheets}) a ON a.id = added.assignment_id
JOIN reviews_expert e ON e.id = a.expert_id
"""

VOIDED_SINCE = """OR a.state = 'void' AND a.sheet_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM reviews_recusal r WHERE r.expert_id = a.expert_id
       AND r.application_id = a.application_id AND r.recorded_at > %(as_of)s)"""


def expert_sums(
    call: Call,
    sheet: Sheet,
    stage: str = Stage.PAPER,
    as_of: datetime | None = None,
    only: int | None = None,
) -> dict[int, list[Given]]:
    """Application → the sums of its locked sheets of a stage, in any order: none decides. Two
    queries; of a hearing, or of one dossier, one: few sheets need no bounds known beforehand.

    `as_of`: with those that were voided by a recusal recorded later than this instant. `only`: of
    one dossier.
    """
    leaves = [leaf.code for leaf in sheet.expert_leaves()]
    sheets = SHEETS.format(
        voided=VOIDED_SINCE if as_of else "",
        only="" if only is None else " AND a.application_id = %(only)s",
    )
    values: dict[str, Any] = {
        "call": call.pk,
        "stage": stage,
        "locked": AssignmentState.LOCKED,
        "as_of": as_of,
        "only": only,
        "leaves": leaves,
        "employment": [c for c in leaves if sheet.kind_of(c) == "employment"],
    }
    with connection.cursor() as cursor:
        bounds = [end.format(sheets=sheets) for end in ENDS]
        if stage != Stage.HEARING and only is None:
            cursor.execute(BOUNDS.format(sheets=sheets), values)
            values["first"], values["last"] = cursor.fetchone()
            bounds = ["%(first)s", "%(last)s"]
        cursor.execute(SUMS.format(sheets=sheets, first=bounds[0], last=bounds[1]), values)
        found: dict[int, list[Given]] = defaultdict(list)
        for application, expert, total, employment, marked in cursor.fetchall():
            given = Given(expert, total - employment, employment, marked == len(leaves))
            found[application].append(given)
    return found
