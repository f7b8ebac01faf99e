from django.apps import AppConfig


class AwardsConfig(AppConfig):
    """The money: envelope, funding list, notice, objection, award, agreement, payments."""

    name = "awards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from applications import opening
        from applications import panels as dossier
        from audit import invariants, witnesses
        from awards import bookkeeping, messages, opening_checks, panels, witnessing
        from awards import invariants as rules
        from awards import outcomes as own
        from awards.services import recounts
        from calendars.signals import year_published
        from reviews import outcomes

        messages.register_all()
        opening.register(opening_checks.envelope_set)
        dossier.register(500, panels.result_panel)
        dossier.register(510, panels.grant_panel)
        year_published.connect(recounts.on_year_published, dispatch_uid="awards.recounts")
        outcomes.register(own.outcomes_of)
        outcomes.register_way(own.way_on)
        outcomes.register_passed_over(own.passed_over)
        outcomes.register_check(own.list_differences)
        for name in (
            "envelopes",
            "lists",
            "notices",
            "objections",
            "awards",
            "closing",
            "payments",
            "batches",
        ):
            witnesses.register(f"awards.{name}", getattr(witnessing, name))
        witnesses.register("awards.ledger", bookkeeping.ledger)
        invariants.register_all(rules.RULES)
