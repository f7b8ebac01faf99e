"""What must hold of dossiers, their submissions and who opens them, asked of the rows alone."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Level
from applications.models import Attachment
from applications.services.sharing import BY_LEVEL, FIRM_PERMISSIONS
from audit.invariants import Check, Rule, stored_files

SUBMISSIONS: Final = Rule(
    "applications_application",
    ngettext_lazy(
        "%(kept)s submission, the last is version %(last)s",
        "%(kept)s submissions, the last of them is version %(last)s",
        "kept",
    ),
    """
    SELECT a.id, COUNT(s.id) AS kept, COALESCE(MAX(s.version), 0) AS last
    FROM applications_application a LEFT JOIN applications_submission s ON s.application_id = a.id
    GROUP BY a.id
    HAVING COUNT(s.id) <> COALESCE(MAX(s.version), 0)
        OR COUNT(DISTINCT s.version) <> COUNT(s.id)
        OR COUNT(s.id) = 0 AND a.status NOT IN ('draft', 'withdrawn')
    ORDER BY a.id
    """,
)

DOSSIERS: Final = Rule(
    "applications_application",
    _("not withdrawn, nor is %(other)s of the same call, firm and title"),
    """
    SELECT MIN(id), MAX(id) AS other FROM applications_application WHERE status <> 'withdrawn'
    GROUP BY call_id, firm_id, title HAVING COUNT(*) > 1 ORDER BY MIN(id)
    """,
)

CORRECTIONS: Final = Rule(
    "applications_application",
    _("%(open)s corrections are asked for at once"),
    """
    SELECT application_id, COUNT(*) AS open FROM applications_correctionrequest
    WHERE answered_at IS NULL GROUP BY application_id HAVING COUNT(*) > 1
    ORDER BY application_id
    """,
)

HELD = """
    SELECT o.user_id, o.content_object_id AS application_id, p.codename::text
    FROM applications_applicationuserobjectpermission o
    JOIN auth_permission p ON p.id = o.permission_id WHERE p.codename = ANY(%s)
"""


def permissions(codenames: Iterable[str], must: str, may: str) -> tuple[Rule, Rule]:
    """guardian's permissions on dossiers that are missing, and those that nothing gives.

    must, may: queries of (user_id, application_id, codename), what has to be and what is allowed.
    A row is person.dossier.permission, for what is missing has no number of its own.
    """
    values = (sorted(codenames),)
    return (
        _difference(must, HELD, _("the permission is missing"), values),
        _difference(HELD, may, _("nothing gives this permission"), values),
    )


def _difference(these: str, those: str, wrong: Promise, values: tuple[object, ...]) -> Rule:
    return Rule(
        "applications_applicationuserobjectpermission",
        wrong,
        f"""
        SELECT concat_ws('.', user_id, application_id, codename) AS row
        FROM (({these}) EXCEPT ({those})) astray ORDER BY user_id, application_id, codename
        """,  # noqa: S608  (constants of the apps)
        values,
    )


_LEVELS: Final = ", ".join(
    f"('{level.value}', '{codename}')" for level in Level for codename in sorted(BY_LEVEL[level])
)
_MEMBERS: Final = f"""
    SELECT m.user_id, a.id AS application_id, l.codename
    FROM accounts_membership m JOIN applications_application a ON a.firm_id = m.organisation_id
    JOIN (VALUES {_LEVELS}) AS l (level, codename) ON l.level = m.level
    WHERE m.ended_at IS NULL
"""  # noqa: S608  (levels and permissions, constants of ours)
MISSING, ASTRAY = permissions(FIRM_PERMISSIONS, _MEMBERS, _MEMBERS)

RULES: Final[dict[str, Check]] = {
    "applications.dossiers": DOSSIERS,
    "applications.submissions": SUBMISSIONS,
    "applications.corrections": CORRECTIONS,
    "applications.permissions.missing": MISSING,
    "applications.permissions.astray": ASTRAY,
    "applications.attachments": stored_files(Attachment),
}
