"""Which dossiers an expert reads: guardian's `score_application`, given and taken in time."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from accounts.models import User
from applications.models import Application
from applications.models.dossiers import ApplicationUserObjectPermission
from reviews.models import Assignment

SCORE = "score_application"


def open_to(user: User, applications: Iterable[int]) -> None:
    """The expert reads these dossiers and their files from now on."""
    ApplicationUserObjectPermission.objects.bulk_assign_perm(
        SCORE, user, Application.objects.filter(pk__in=list(applications))
    )


def close(assignments: Iterable[int]) -> None:
    """The experts of these assignments no longer read their dossiers; what they wrote stays."""
    theirs = Assignment.objects.filter(
        pk__in=list(assignments),
        expert__user=OuterRef("user"),
        application=OuterRef("content_object"),
    )
    ApplicationUserObjectPermission.objects.filter(
        Exists(theirs), permission__codename=SCORE
    ).delete()
