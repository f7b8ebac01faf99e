"""The review's panel on the dossier page: for the office how far it is, for the firm its own
points.
"""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_any_role, has_role
from applications.models import Application, CallStatus
from applications.panels import Panel
from applications.rules import RESULTS_OUT, acts_for_firm
from reviews.models import RankingEntry
from reviews.office_words import OFF_SHORTLIST
from reviews.selectors import hearing
from reviews.selectors import rankings as ranked
from reviews.selectors.sheets import full_marks

OFFICE = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER, Role.FINANCE_OFFICER)
WATCHERS = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR)
AFTER_RANKING = frozenset({CallStatus.RANKED, CallStatus.DECIDED}) | RESULTS_OUT


def points_panel(request: HttpRequest, application: Application) -> Panel | None:
    """How the dossier came to its points, once the ranking stands.

    Whoever reads it finds the whole way on a page of its own: the office from the ranking on, by
    pseudonym; the firm after the results are published, its own dossier only and no pseudonym.
    """
    user = request.user
    if not isinstance(user, User) or application.call.status not in AFTER_RANKING:
        return None
    office = has_any_role(user, *OFFICE)
    if has_role(user, Role.EXPERT) and not office:
        return None
    firm = application.call.status in RESULTS_OUT and acts_for_firm(user, application)
    if not (office or firm):
        return None
    entry = ranked.entry_of(application.call, application.pk)
    if entry is None:
        return None
    return Panel(
        title=_("How the points came about"),
        template="reviews/points_panel.html",
        context={"entry": entry, "office": office, **_points(entry)},
    )


def hearing_panel(request: HttpRequest, application: Application) -> Panel | None:
    """The dossier's own hearing: for its firm and the office, from the shortlist on.

    The paper review's points are the office's; the firm learns its own when results are published.
    """
    user = request.user
    rules = application.call.rule_set
    if not isinstance(user, User) or not rules.has_hearing:
        return None
    firm, office = acts_for_firm(user, application), has_any_role(user, *WATCHERS)
    if not (firm or office):
        return None
    entry = hearing.entry_of(application)
    if entry is None:
        return None
    published = application.call.status in RESULTS_OUT
    ranked_since = application.call.status in AFTER_RANKING
    return Panel(
        title=_("Hearing"),
        template="reviews/hearing_panel.html",
        context={
            "entry": entry,
            "rules": rules,
            "slot": hearing.slot_at(entry, application.call),
            "minutes": getattr(entry, "minutes", None),
            "reason": OFF_SHORTLIST.get(entry.state, ""),
            "paper": entry.total if office or published else None,
            "call": application.call,
            # Who was heard finds its points in the panel of the ranking.
            "points": entry.place is None and (ranked_since if office else published),
            "office": office,
        },
    )


def _points(entry: RankingEntry) -> dict[str, Any]:
    sheet = ranked.sheet_for(entry.application)
    if sheet is None:
        return {"formula": [], "full": {}}
    language, details = get_language() or "zh-hans", entry.details
    return {
        "full": full_marks(sheet, entry.ranking.call),
        "hearing": details.get("hearing"),
        "experts": Decimal(details["expert_quality"]) + Decimal(details["expert_employment"]),
        "experts_most": sheet.expert_max,
        "formula": [
            {
                "code": row["leaf"].code,
                "name": row["leaf"].name(language),
                "score": Decimal(row["score"]),
                "max": Decimal(row["max"]),
                "working": row["working"],
            }
            for row in ranked.formula_rows(entry, sheet)
        ],
    }
