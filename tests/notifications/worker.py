"""The project's Celery app with the tests' jobs; mail goes where the test looks."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from config.celery import app  # noqa: E402
from tests.notifications import probes  # noqa: E402, F401

settings.MAIL_DIR = os.environ["TEST_MAIL_DIR"]
settings.EMAIL_BACKEND = "notifications.mail.FileBackend"

if os.environ.get("TEST_HURRY"):  # every periodic task each half second, and the tests' own
    app.conf.beat_schedule = {
        name: {**entry, "schedule": 0.5} for name, entry in app.conf.beat_schedule.items()
    } | {
        name: {"task": f"tests.notifications.probes.{name}", "schedule": 0.2}
        for name in ("turn", "daily")
    }

__all__ = ["app"]
