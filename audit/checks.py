"""A system check for deployment: a rehearsal's database never serves real people."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.core import checks
from django.db import DatabaseError, connection

from audit import clock
from audit.models import Installation


@checks.register(checks.Tags.security, deploy=True)
def database_is_no_rehearsal(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Refuse a database that is marked as a rehearsal's."""
    try:
        if Installation._meta.db_table not in connection.introspection.table_names():
            return []
        if not clock.is_rehearsal():
            return []
    except DatabaseError as error:
        return [
            checks.Warning(
                f"The database could not be asked whether it is a rehearsal's: {error}",
                id="audit.W001",
            )
        ]
    return [
        checks.Error(
            "This database is marked as a rehearsal's: its clock can be moved.",
            hint="Point DATABASE_URL at a database of its own, made by `manage.py migrate`.",
            id="audit.E001",
        )
    ]
