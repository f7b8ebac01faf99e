"""guardian's serve_application, kept in step with who is appointed."""

from django.db import connection

from applications.models import Application
from applications.rules import SERVE

FOLLOW = """
WITH serving AS (
    SELECT DISTINCT assignment.application_id, secretary.user_id
    FROM secretaries_serviceassignment assignment
    JOIN secretaries_servicesecretary secretary
      ON secretary.id IN (assignment.secretary_id, assignment.backup_id)
    WHERE assignment.application_id = ANY(%(applications)s) AND assignment.valid_to IS NULL
), permission AS (
    SELECT permission.id
    FROM auth_permission permission
    JOIN django_content_type type ON type.id = permission.content_type_id
    WHERE type.app_label = 'applications' AND type.model = 'application'
      AND permission.codename = %(serve)s
), taken AS (
    DELETE FROM applications_applicationuserobjectpermission
    WHERE content_object_id = ANY(%(applications)s) AND permission_id IN (SELECT id FROM permission)
      AND (content_object_id, user_id) NOT IN (SELECT application_id, user_id FROM serving)
)
INSERT INTO applications_applicationuserobjectpermission
       (user_id, permission_id, content_object_id)
SELECT serving.user_id, permission.id, serving.application_id FROM serving, permission
ON CONFLICT DO NOTHING
"""


def follow_assignments(*applications: Application) -> None:
    """Give the permission to the current secretaries and their backup, take it from the others.

    Called inside the transaction of every change of an assignment. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, {"applications": [row.pk for row in applications], "serve": SERVE})
