from secretaries.models.appraisals import Satisfaction, SecretaryAppraisal
from secretaries.models.clocks import (
    ClockKind,
    ClockPause,
    Escalation,
    Extension,
    PauseReason,
    RequestHold,
    Rung,
    ServiceClock,
)
from secretaries.models.inquiries import InquiryCause, InquiryFinding, OverdueInquiry
from secretaries.models.milestones import (
    InvestmentReport,
    Mark,
    MilestoneNode,
    MilestoneTemplate,
    ProjectMilestone,
    Stage,
)
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
from secretaries.models.settings import ServiceSettings
from secretaries.models.visits import Visit, VisitKind, VisitPhoto

__all__ = [
    "AppointmentGap",
    "ClockKind",
    "ClockPause",
    "CloseHow",
    "Escalation",
    "Extension",
    "InquiryCause",
    "InquiryFinding",
    "InvestmentReport",
    "Leave",
    "Mark",
    "MilestoneNode",
    "MilestoneTemplate",
    "OverdueInquiry",
    "PauseReason",
    "ProjectMilestone",
    "RequestAction",
    "RequestCategory",
    "RequestHold",
    "RequestLevel",
    "RequestStatus",
    "Rung",
    "Satisfaction",
    "SecretaryAppraisal",
    "ServiceAssignment",
    "ServiceClock",
    "ServiceRequest",
    "ServiceSecretary",
    "ServiceSettings",
    "Stage",
    "Visit",
    "VisitKind",
    "VisitPhoto",
]
