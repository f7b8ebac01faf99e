from awards.models.acceptance import ACCEPTANCE_STATES, GRADE_NAMES, Acceptance
from awards.models.agreements import (
    SETTLED,
    Agreement,
    AllocationNotice,
    Award,
    Claim,
    ClaimFile,
    Instalment,
    Payment,
)
from awards.models.amendments import AMENDMENT_STATES, Amendment
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
from awards.models.progress import REPORT_STATES, MidTermCheck, ProgressReport
from awards.models.recoveries import (
    GROUNDS,
    RECALL_STATES,
    TERMINATION_STATES,
    Clawback,
    Recall,
    Repayment,
    Termination,
)
from awards.models.signatures import Side, Signature

__all__ = [
    "ACCEPTANCE_STATES",
    "ACCOUNT_NAMES",
    "AMENDMENT_STATES",
    "GRADE_NAMES",
    "GROUNDS",
    "HOLDING",
    "KIND_NAMES",
    "PROPOSED",
    "RECALL_STATES",
    "REPORT_STATES",
    "SETTLED",
    "TERMINATION_STATES",
    "WAITING",
    "Acceptance",
    "Agreement",
    "AllocationNotice",
    "Amendment",
    "AnswerLine",
    "Award",
    "BatchLine",
    "CarryOver",
    "Claim",
    "ClaimFile",
    "Clawback",
    "Deviation",
    "Envelope",
    "EnvelopeChange",
    "FundingItem",
    "FundingList",
    "Instalment",
    "LedgerEntry",
    "MidTermCheck",
    "Minutes",
    "NoticeItem",
    "Objection",
    "ObjectionFile",
    "ObjectionReview",
    "Outcome",
    "Payment",
    "PaymentBatch",
    "ProgressReport",
    "PublicNotice",
    "Recall",
    "Repayment",
    "Settlement",
    "Side",
    "Signature",
    "Termination",
    "TreasuryAnswer",
]
