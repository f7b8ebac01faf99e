"""The calendars app: working days with 调休, deadlines, clocks that can pause."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "calendars"
    verbose_name = _("Working days")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import witnesses
        from calendars import integrity
        from calendars.services import enter_known_years

        # After every migrate, and so also after a flush, which would leave no calendar at all.
        post_migrate.connect(enter_known_years, sender=self)
        witnesses.register("calendars", integrity.altered_days)
