from awards.models.agreements import (
    Agreement,
    AllocationNotice,
    Award,
    Claim,
    ClaimFile,
    Instalment,
    Payment,
)
from awards.models.funding import (
    WAITING,
    Deviation,
    Envelope,
    EnvelopeChange,
    FundingItem,
    FundingList,
    Outcome,
)
from awards.models.notices import NoticeItem, Objection, PublicNotice

__all__ = [
    "WAITING",
    "Agreement",
    "AllocationNotice",
    "Award",
    "Claim",
    "ClaimFile",
    "Deviation",
    "Envelope",
    "EnvelopeChange",
    "FundingItem",
    "FundingList",
    "Instalment",
    "NoticeItem",
    "Objection",
    "Outcome",
    "Payment",
    "PublicNotice",
]
