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

__all__ = ["app"]
