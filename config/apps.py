"""The project itself as an app: what has to be in place after migrating, and which files serve."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate

from config import session


def make_cache_table(*, using: str, verbosity: int = 1, **kwargs: Any) -> None:
    """The cache lives in the database, but its table has no migration of its own."""
    call_command("createcachetable", database=using, verbosity=0)


class GroundConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401  (web processes and commands send through it)

        # Django sends this only for apps that have models, and this one has none.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("audit"))
        user_logged_in.connect(session.remember)


class StaticFiles(StaticFilesConfig):
    """Serves and collects the built stylesheet, not the sources it is built from."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(
            f"css/{source.name}"
            for source in sorted((settings.BASE_DIR / "static/css").glob("*.css"))
            if source.name != "steelyard.css"
        ),
    ]
