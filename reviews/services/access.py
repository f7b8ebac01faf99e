"""Which dossiers an expert reads: guardian's `score_application`, given and taken in time."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from applications.models.dossiers import ApplicationUserObjectPermission
from reviews.models import Assignment

SCORE = "score_application"


def open_to(user: User, applications: Iterable[int]) -> None:
    """The expert reads these dossiers and their files from now on. Two queries, however many."""
    open_pairs((user.pk, application) for application in applications)


def open_pairs(pairs: Iterable[tuple[int, int]]) -> None:
    """The same of many (person, dossier) at once."""
    permission = Permission.objects.get(content_type__app_label="applications", codename=SCORE)
    ApplicationUserObjectPermission.objects.bulk_create(
        (
            ApplicationUserObjectPermission(
                permission=permission, user_id=user, content_object_id=application
            )
            for user, application in pairs
        ),
        ignore_conflicts=True,
    )


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
