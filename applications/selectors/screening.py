"""What a programme officer reads for eligibility screening."""

from django.db.models import Count, Q, QuerySet

from applications.models import Application
from applications.workflow import Status


def dossiers_to_screen() -> QuerySet[Application]:
    """Everything that was ever recommended, with what the list shows; the oldest waiting first."""
    return (
        Application.objects.filter(recommendation__isnull=False)
        .exclude(status=Status.WITHDRAWN)
        .select_related("call", "firm", "region", "recommendation__region", "screening")
        .annotate(
            vetoes=Count("findings", filter=Q(findings__severity="veto")),
            warnings=Count("findings", filter=Q(findings__severity="warn")),
        )
        .order_by(
            "-call__year", "-call__sequence", "recommendation__region", "recommendation__rank"
        )
    )


def waiting_to_screen() -> QuerySet[Application]:
    """Dossiers in screening, over all calls."""
    return Application.objects.filter(status=Status.RECOMMENDED)
