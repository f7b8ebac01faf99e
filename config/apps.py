"""The project itself as an app: what it listens to, and which files serve."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.staticfiles.apps import StaticFilesConfig

from config import session


class GroundConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401  (web processes and commands send through it)

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
