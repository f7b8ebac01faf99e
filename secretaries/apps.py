from django.apps import AppConfig


class SecretariesConfig(AppConfig):
    """Service secretaries: who serves which project, visits, requests and their clocks."""

    name = "secretaries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from calendars.signals import year_published
        from secretaries import messages
        from secretaries.services import clocks

        messages.register_all()
        year_published.connect(clocks.on_year_published, dispatch_uid="secretaries.clocks")
