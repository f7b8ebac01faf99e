"""What must hold of who serves which project, asked of the rows alone."""

from typing import Final

from applications.invariants import permissions
from applications.rules import SERVE
from audit.invariants import Check

_SERVING: Final = f"""
    SELECT s.user_id, a.application_id, '{SERVE}' AS codename
    FROM secretaries_serviceassignment a
    JOIN secretaries_servicesecretary s ON s.id IN (a.secretary_id, a.backup_id)
    WHERE a.valid_to IS NULL
"""  # noqa: S608  (a permission, constant of ours)
MISSING, ASTRAY = permissions([SERVE], _SERVING, _SERVING)

RULES: Final[dict[str, Check]] = {
    "secretaries.permissions.missing": MISSING,
    "secretaries.permissions.astray": ASTRAY,
}
