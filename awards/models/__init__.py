from awards.models.agreements import (
    Agreement,
    AllocationNotice,
    Award,
    Claim,
    ClaimFile,
    Instalment,
    Payment,
)
from awards.models.batches import (
    AnswerLine,
    BatchLine,
    PaymentBatch,
    Settlement,
    TreasuryAnswer,
)
from awards.models.envelopes import CarryOver, Envelope, EnvelopeChange
from awards.models.funding import (
    HOLDING,
    PROPOSED,
    WAITING,
    Deviation,
    FundingItem,
    FundingList,
    Outcome,
)
from awards.models.ledger import ACCOUNT_NAMES, KIND_NAMES, LedgerEntry
from awards.models.minutes import Minutes
from awards.models.notices import (
    NoticeItem,
    Objection,
    ObjectionFile,
    ObjectionReview,
    PublicNotice,
)
from awards.models.signatures import Side, Signature

__all__ = [
    "ACCOUNT_NAMES",
    "HOLDING",
    "KIND_NAMES",
    "PROPOSED",
    "WAITING",
    "Agreement",
    "AllocationNotice",
    "AnswerLine",
    "Award",
    "BatchLine",
    "CarryOver",
    "Claim",
    "ClaimFile",
    "Deviation",
    "Envelope",
    "EnvelopeChange",
    "FundingItem",
    "FundingList",
    "Instalment",
    "LedgerEntry",
    "Minutes",
    "NoticeItem",
    "Objection",
    "ObjectionFile",
    "ObjectionReview",
    "Outcome",
    "Payment",
    "PaymentBatch",
    "PublicNotice",
    "Settlement",
    "Side",
    "Signature",
    "TreasuryAnswer",
]
