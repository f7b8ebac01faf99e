"""guardian's serve_application, kept in step with who is appointed."""

from django.db import connection

from applications.models import Application
from applications.rules import SERVE

FOLLOW = """
WITH serving AS (
    SELECT DISTINCT secretary.user_id
    FROM secretaries_serviceassignment assignment
    JOIN secretaries_servicesecretary secretary
      ON secretary.id IN (assignment.secretary_id, assignment.backup_id)
    WHERE assignment.application_id = %(application)s AND assignment.valid_to IS NULL
), permission AS (
    SELECT permission.id
    FROM auth_permission permission
    JOIN django_content_type type ON type.id = permission.content_type_id
    WHERE type.app_label = 'applications' AND type.model = 'application'
      AND permission.codename = %(serve)s
), taken AS (
    DELETE FROM applications_applicationuserobjectpermission
    WHERE content_object_id = %(application)s AND permission_id IN (SELECT id FROM permission)
      AND user_id NOT IN (SELECT user_id FROM serving)
)
INSERT INTO applications_applicationuserobjectpermission
       (user_id, permission_id, content_object_id)
SELECT serving.user_id, permission.id, %(application)s FROM serving, permission
ON CONFLICT DO NOTHING
"""


def follow_assignments(application: Application) -> None:
    """Give the permission to the current secretaries and their backup, take it from the others.

    Called inside the transaction of every change of an assignment. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, {"application": application.pk, "serve": SERVE})
