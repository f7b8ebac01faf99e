"""The funding line: who of a ranking is funded within the envelope. Plain Python, exact sums in
yuan.

Three cut-off modes, frozen with the call before it opens:

- `strict`: down the ranking until a project does not fit; the line is drawn there.
- `skip`: a project that does not fit is passed over and the next that fits is funded.
- `partial`: as strict, but the first that does not fit is offered what is left (needs its consent).

Quotas, frozen as well, hold together with every mode: the most that one industry or one prefecture
may get, and each panel's share of the money. `draw_line` says exactly how.

Nobody gets more than was asked. Everyone above the floor who is not funded stands on the reserve
list in rank order (备选), and moves up when another drops out (依次递补).
"""

from awards.funding.drawing import draw_line
from awards.funding.lines import (
    ERROR_KEYS,
    MODES,
    REASONS,
    Candidate,
    Deviation,
    DeviationKind,
    Dimension,
    FundingError,
    FundingItem,
    FundingLine,
    Limit,
    Mode,
    Outcome,
    Quotas,
    Reason,
)
from awards.funding.promotion import Move, Promotion, promote
from awards.funding.rooms import shares

__all__ = [
    "ERROR_KEYS",
    "MODES",
    "REASONS",
    "Candidate",
    "Deviation",
    "DeviationKind",
    "Dimension",
    "FundingError",
    "FundingItem",
    "FundingLine",
    "Limit",
    "Mode",
    "Move",
    "Outcome",
    "Promotion",
    "Quotas",
    "Reason",
    "draw_line",
    "promote",
    "shares",
]
