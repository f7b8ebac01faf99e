"""The numbers of service in force."""

from secretaries.models import ServiceSettings
from secretaries.service_rules import ServiceRules


def in_force() -> tuple[int, ServiceRules]:
    """Version and numbers; version 1 is what came with the release. One query."""
    row = ServiceSettings.objects.order_by("-version").first()
    return (row.version, ServiceRules.from_data(row.values)) if row else (1, ServiceRules())


def numbers() -> ServiceRules:
    return in_force()[1]
