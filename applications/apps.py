from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import membership_changed
        from applications import invariants as rules
        from applications import messages, officer_messages, witnessing
        from applications.services import corrections, sharing
        from audit import invariants, witnesses
        from calendars.signals import year_published

        messages.register_all()
        officer_messages.register_all()
        membership_changed.connect(
            sharing.on_membership_changed, dispatch_uid="applications.sharing"
        )
        year_published.connect(
            corrections.on_year_published, dispatch_uid="applications.corrections"
        )
        witnesses.register("applications.submissions", witnessing.submissions)
        witnesses.register("applications.editions", witnessing.editions)
        witnesses.register("applications.states", witnessing.states)
        witnesses.register("applications.calls", witnessing.calls)
        witnesses.register("applications.files", witnessing.files)
        witnesses.register("applications.credit", witnessing.credit)
        invariants.register_all(rules.RULES)
