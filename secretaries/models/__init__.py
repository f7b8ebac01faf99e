from secretaries.models.people import (
    AppointmentGap,
    Leave,
    ServiceAssignment,
    ServiceSecretary,
)
from secretaries.models.requests import (
    CloseHow,
    RequestAction,
    RequestCategory,
    RequestLevel,
    RequestStatus,
    ServiceRequest,
)
from secretaries.models.visits import Visit, VisitKind

__all__ = [
    "AppointmentGap",
    "CloseHow",
    "Leave",
    "RequestAction",
    "RequestCategory",
    "RequestLevel",
    "RequestStatus",
    "ServiceAssignment",
    "ServiceRequest",
    "ServiceSecretary",
    "Visit",
    "VisitKind",
]
