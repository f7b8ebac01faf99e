from reviews.models.analysis import PARTS, Analysis, AnalysisPart
from reviews.models.hearing import (
    HearingMinutes,
    MinutesCorrection,
    Shortlist,
    ShortlistEntry,
    ShortlistState,
    Sitting,
)
from reviews.models.naming import NamedDecision
from reviews.models.offline import ImportStatus, Scribe, SheetImport
from reviews.models.panels import Draw, Panel, PanelApplication, Seat, SeatState, Stage
from reviews.models.pool import Expert, ExpertInterest
from reviews.models.quorum import Shortfall
from reviews.models.ranking import JointDecision, Ranking, RankingEntry
from reviews.models.scoring import (
    Assignment,
    AssignmentState,
    Declaration,
    Ground,
    Mark,
    Recusal,
    ScoreSheet,
)
from reviews.models.site_checks import (
    OPEN_CHECKS,
    CheckState,
    FindingState,
    SiteCheck,
    SiteChecker,
    SiteEvidence,
    SiteFigure,
    SiteFinding,
    SiteView,
)
from reviews.models.statements import PointsStatement

__all__ = [
    "OPEN_CHECKS",
    "PARTS",
    "Analysis",
    "AnalysisPart",
    "Assignment",
    "AssignmentState",
    "CheckState",
    "Declaration",
    "Draw",
    "Expert",
    "ExpertInterest",
    "FindingState",
    "Ground",
    "HearingMinutes",
    "ImportStatus",
    "JointDecision",
    "Mark",
    "MinutesCorrection",
    "NamedDecision",
    "Panel",
    "PanelApplication",
    "PointsStatement",
    "Ranking",
    "RankingEntry",
    "Recusal",
    "ScoreSheet",
    "Scribe",
    "Seat",
    "SeatState",
    "SheetImport",
    "Shortfall",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistState",
    "SiteCheck",
    "SiteChecker",
    "SiteEvidence",
    "SiteFigure",
    "SiteFinding",
    "SiteView",
    "Sitting",
    "Stage",
]
