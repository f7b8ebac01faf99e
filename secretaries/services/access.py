"""guardian's serve_application, kept in step with who is appointed."""

from django.contrib.auth.models import Permission

from applications.models import Application, ApplicationUserObjectPermission
from applications.rules import SERVE
from secretaries.models import ServiceAssignment


def follow_assignments(application: Application) -> None:
    """Give the permission to the current secretaries and their backup, take it from the others.

    Called inside the transaction of every change of an assignment.
    """
    rows = ServiceAssignment.objects.filter(application=application, valid_to__isnull=True)
    wanted: set[int] = set()
    for row in rows.select_related("secretary", "backup"):
        wanted.add(row.secretary.user_id)
        if row.backup is not None:
            wanted.add(row.backup.user_id)
    permission = Permission.objects.get(
        content_type__app_label="applications",
        content_type__model="application",
        codename=SERVE,
    )
    held = ApplicationUserObjectPermission.objects.filter(
        content_object=application, permission=permission
    )
    held.exclude(user__in=wanted).delete()
    ApplicationUserObjectPermission.objects.bulk_create(
        [
            ApplicationUserObjectPermission(
                user_id=user, content_object=application, permission=permission
            )
            for user in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
