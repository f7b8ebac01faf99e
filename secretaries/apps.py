from django.apps import AppConfig


class SecretariesConfig(AppConfig):
    """Service secretaries: who serves which project, visits, requests and their clocks."""

    name = "secretaries"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from applications import panels as dossier
        from audit import invariants
        from calendars.signals import year_published
        from secretaries import invariants as rules
        from secretaries import messages, panels, witnessing
        from secretaries.services import clocks

        messages.register_all()
        witnessing.connect()
        dossier.register(600, panels.service_panel)
        year_published.connect(clocks.on_year_published, dispatch_uid="secretaries.clocks")
        invariants.register_all(rules.RULES)
