"""The roles of the system and the pairs that one person may never hold together.

Source: separation of duties after 招标投标法实施条例 art. 46 and 政府采购法实施条例 art. 40;
the three administrators (三员分立) after GB/T 22239-2019.
"""

from itertools import combinations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REGIONAL_OFFICER = "regional_officer", _("regional officer")
    PROGRAMME_OFFICER = "programme_officer", _("programme officer")
    EXPERT = "expert", _("expert")
    SUPERVISOR = "supervisor", _("supervisor")
    APPROVER = "approver", _("approver")
    FINANCE_OFFICER = "finance_officer", _("finance officer")
    SECRETARY = "secretary", _("service secretary")
    SECRETARY_LEAD = "secretary_lead", _("secretary lead")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDIT_ADMIN = "audit_admin", _("audit administrator")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
BUSINESS = frozenset(Role) - ADMINISTRATORS

# A regional officer and a secretary are tied to a region; the others are province-wide.
REGIONAL = frozenset({Role.REGIONAL_OFFICER})


def _forbidden() -> frozenset[frozenset[Role]]:
    pairs = {frozenset(p) for p in combinations(ADMINISTRATORS, 2)}
    pairs |= {frozenset({a, b}) for a in ADMINISTRATORS for b in BUSINESS}
    pairs |= {frozenset({Role.SUPERVISOR, b}) for b in BUSINESS - {Role.SUPERVISOR}}
    pairs |= {frozenset({Role.EXPERT, b}) for b in BUSINESS - {Role.EXPERT}}
    pairs |= {
        frozenset({Role.PROGRAMME_OFFICER, Role.REGIONAL_OFFICER}),
        frozenset({Role.PROGRAMME_OFFICER, Role.APPROVER}),
        frozenset({Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER}),
        frozenset({Role.APPROVER, Role.FINANCE_OFFICER}),
        frozenset({Role.APPROVER, Role.REGIONAL_OFFICER}),
        frozenset({Role.SECRETARY, Role.FINANCE_OFFICER}),
    }
    return frozenset(pairs)


FORBIDDEN_PAIRS: frozenset[frozenset[Role]] = _forbidden()

# Whoever acts for a firm may hold no role at all: applicant is never reviewer, screener or payer.
FIRM_MEMBERS_MAY_HOLD: frozenset[Role] = frozenset()
