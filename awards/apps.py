from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "awards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from awards import messages

        messages.register_all()
        from applications import opening
        from awards import opening_checks

        opening.register(opening_checks.envelope_set)

        from awards import outcomes as own
        from reviews import outcomes

        outcomes.register(own.outcomes_of)
        outcomes.register_way(own.way_on)
