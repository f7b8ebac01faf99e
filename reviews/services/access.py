"""Which dossiers an expert reads: guardian's `score_application`, given and taken in time."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from applications.models.dossiers import ApplicationUserObjectPermission
from reviews.models import Assignment

SCORE = "score_application"
OPEN = """
INSERT INTO applications_applicationuserobjectpermission
    (permission_id, user_id, content_object_id)
SELECT p.id, pair.person, pair.dossier
FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id,
     unnest(%s::bigint[], %s::bigint[]) AS pair(person, dossier)
WHERE t.app_label = 'applications' AND p.codename = %s
ON CONFLICT DO NOTHING
"""


def open_to(user: User, applications: Iterable[int]) -> None:
    """The expert reads these dossiers and their files from now on. One query, however many."""
    open_pairs((user.pk, application) for application in applications)


def open_pairs(pairs: Iterable[tuple[int, int]]) -> None:
    """The same of many (person, dossier) at once."""
    listed = list(pairs)
    people, dossiers = [who for who, _what in listed], [what for _who, what in listed]
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [people, dossiers, SCORE])


def close(assignments: Iterable[int] | QuerySet[Assignment, Any]) -> None:
    """The experts of these assignments no longer read their dossiers; what they wrote stays."""
    theirs = Assignment.objects.filter(
        pk__in=assignments if isinstance(assignments, QuerySet) else list(assignments),
        expert__user=OuterRef("user"),
        application=OuterRef("content_object"),
    )
    ApplicationUserObjectPermission.objects.filter(
        Exists(theirs), permission__codename=SCORE
    ).delete()
