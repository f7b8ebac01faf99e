from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpenDataConfig(AppConfig):
    """Published facts for programs: awards as files, and a read-only API. No models of its own."""

    name = "opendata"
    verbose_name = _("Open data")
