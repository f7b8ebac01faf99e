from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import invariants
        from notifications import invariants as rules

        invariants.register_all(rules.RULES)
