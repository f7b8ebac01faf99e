"""What must hold of assignments and what hangs on them, asked of the rows alone."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from applications.invariants import permissions
from audit.invariants import Check, Rule, stored_files
from reviews.models import SheetImport, SiteEvidence
from reviews.services.access import SCORE

MARKS: Final = Rule(
    "reviews_mark",
    _("it belongs to no assignment, or to one whose dossier was never opened"),
    """
    SELECT m.id FROM reviews_mark m LEFT JOIN reviews_assignment a ON a.id = m.assignment_id
    WHERE a.id IS NULL OR a.state = 'to_declare' ORDER BY m.id
    """,
)

UNMARKED: Final = Rule(
    "reviews_assignment",
    _("it is “%(state)s” without a single mark"),
    """
    SELECT a.id, a.state FROM reviews_assignment a
    WHERE a.state IN ('finished', 'locked')
        AND NOT EXISTS (SELECT 1 FROM reviews_mark m WHERE m.assignment_id = a.id)
    ORDER BY a.id
    """,
)

SEATS: Final = Rule(
    "reviews_assignment",
    _("its seat is another expert's or of another panel, or its submission is of another dossier"),
    """
    SELECT a.id FROM reviews_assignment a
    LEFT JOIN reviews_seat s ON s.id = a.seat_id
    LEFT JOIN applications_submission b ON b.id = a.submission_id
    WHERE (s.expert_id, s.panel_id, b.application_id)
        IS DISTINCT FROM (a.expert_id, a.panel_id, a.application_id)
    ORDER BY a.id
    """,
)

SHEETS: Final = Rule(
    "reviews_assignment",
    _("it is locked without a sheet of its own expert, panel and stage"),
    """
    SELECT a.id FROM reviews_assignment a LEFT JOIN reviews_scoresheet s ON s.id = a.sheet_id
    WHERE a.state = 'locked' AND (s.expert_id, s.panel_id, s.stage)
        IS DISTINCT FROM (a.expert_id, a.panel_id, a.stage)
    ORDER BY a.id
    """,
)

_ASSIGNED: Final = f"""
    SELECT e.user_id, a.application_id, '{SCORE}' AS codename
    FROM reviews_assignment a JOIN reviews_expert e ON e.id = a.expert_id
    WHERE a.state IN
"""  # noqa: S608  (a permission, constant of ours)
# What a hearing voids closes the dossier for whoever signed its paper sheet, too.
MISSING, ASTRAY = permissions(
    [SCORE],
    _ASSIGNED + "('open', 'finished')",
    _ASSIGNED + "('open', 'finished', 'locked')",
)

RULES: Final[dict[str, Check]] = {
    "reviews.marks": MARKS,
    "reviews.unmarked": UNMARKED,
    "reviews.seats": SEATS,
    "reviews.sheets": SHEETS,
    "reviews.permissions.missing": MISSING,
    "reviews.permissions.astray": ASTRAY,
    "reviews.evidence": stored_files(SiteEvidence),
    "reviews.imports": stored_files(SheetImport),
    "reviews.scans": stored_files(SheetImport, "scan", "scan_digest"),
}
