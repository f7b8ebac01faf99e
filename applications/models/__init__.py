from applications.models.calls import (
    Call,
    CallEdition,
    CallStatus,
    FairCompetitionReview,
    Industry,
    Scheme,
)
from applications.models.dossiers import (
    Application,
    ApplicationUserObjectPermission,
    Attachment,
    Section,
    Submission,
)
from applications.models.screening import (
    CheckFinding,
    CorrectionRequest,
    CreditRecord,
    Recommendation,
    RegionalCheck,
    Screening,
)

__all__ = [
    "Application",
    "ApplicationUserObjectPermission",
    "Attachment",
    "Call",
    "CallEdition",
    "CallStatus",
    "CheckFinding",
    "CorrectionRequest",
    "CreditRecord",
    "FairCompetitionReview",
    "Industry",
    "Recommendation",
    "RegionalCheck",
    "Scheme",
    "Screening",
    "Section",
    "Submission",
]
