from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Home and workbench of each role, public pages, search, audit trail; no models."""

    name = "portal"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import invariants
        from awards.panels import grant_panel
        from portal import invariants as rules
        from portal import messages
        from secretaries import handing_over

        messages.register_all()
        invariants.register_all(rules.RULES)
        handing_over.register(grant_panel)
