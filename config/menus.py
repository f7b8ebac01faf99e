"""Which pages the top bar offers to whom, most used first. A section with several pages shows them
in a second line; an entry that a role does not open is left out.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.roles import Role

PROVINCE = frozenset({Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER})


@dataclass(frozen=True, slots=True)
class Page:
    """One entry: a URL's name, its words, and the roles that see it (None: whoever signed in)."""

    name: str
    label: str | Promise
    roles: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    label: str | Promise
    pages: tuple[Page, ...]


def _for(*roles: Role) -> frozenset[str]:
    return frozenset(roles)


OFFICERS: tuple[Section, ...] = (
    Section(
        pgettext_lazy("nav", "Workbench"),
        (Page("portal:workbench", pgettext_lazy("nav", "Workbench")),),
    ),
    Section(
        pgettext_lazy("nav", "My reviews"),
        (Page("reviews:my_reviews", pgettext_lazy("nav", "My reviews"), _for(Role.EXPERT)),),
    ),
    Section(
        pgettext_lazy("nav", "Calls"),
        (
            Page(
                "applications:call_list",
                pgettext_lazy("nav", "Calls"),
                _for(Role.PROGRAMME_OFFICER, Role.APPROVER, Role.FINANCE_OFFICER),
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Projects"),
        (
            Page(
                "applications:recommendations",
                pgettext_lazy("nav", "Recommendation"),
                _for(Role.REGIONAL_OFFICER),
            ),
            Page(
                "applications:screening",
                pgettext_lazy("nav", "Screening"),
                _for(Role.PROGRAMME_OFFICER),
            ),
            Page(
                "applications:dossier_list",
                pgettext_lazy("nav", "All dossiers"),
                PROVINCE | {Role.REGIONAL_OFFICER, Role.FINANCE_OFFICER} | {Role.SECRETARY_LEAD},
            ),
            # The lead has them among the pages of service.
            Page(
                "secretaries:rates",
                pgettext_lazy("nav", "Four rates"),
                PROVINCE | {Role.FINANCE_OFFICER},
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Review"),
        (
            Page("reviews:panels", pgettext_lazy("nav", "Panels"), _for(Role.PROGRAMME_OFFICER)),
            Page("reviews:pool", pgettext_lazy("nav", "Expert pool"), _for(Role.PROGRAMME_OFFICER)),
            Page(
                "reviews:draws",
                pgettext_lazy("nav", "Expert draw"),
                _for(Role.PROGRAMME_OFFICER, Role.SUPERVISOR),
            ),
            Page(
                "reviews:ranking_list",
                pgettext_lazy("nav", "Ranking"),
                PROVINCE | {Role.FINANCE_OFFICER},
            ),
            Page(
                "reviews:site_checks",
                pgettext_lazy("nav", "Site checks"),
                PROVINCE | {Role.FINANCE_OFFICER, Role.REGIONAL_OFFICER},
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Funds"),
        (
            Page(
                "awards:funding_list",
                pgettext_lazy("nav", "Funding list"),
                PROVINCE | {Role.FINANCE_OFFICER},
            ),
            Page(
                "awards:envelope",
                pgettext_lazy("nav", "Annual ceiling"),
                PROVINCE | {Role.FINANCE_OFFICER},
            ),
            Page(
                "awards:agreements",
                pgettext_lazy("nav", "Agreements"),
                _for(Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.SECRETARY),
            ),
            Page(
                "awards:payments",
                pgettext_lazy("nav", "Payments"),
                _for(Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.SUPERVISOR)
                | {Role.SECRETARY},
            ),
            Page(
                "awards:batches",
                pgettext_lazy("nav", "Treasury batches"),
                _for(Role.FINANCE_OFFICER, Role.SUPERVISOR),
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Public notice"),
        (
            Page(
                "awards:notices", pgettext_lazy("nav", "Notices"), PROVINCE | {Role.FINANCE_OFFICER}
            ),
            Page("awards:objections", pgettext_lazy("nav", "Objections"), PROVINCE),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Service secretaries"),
        (
            Page(
                "secretaries:my_projects",
                pgettext_lazy("nav", "My projects"),
                _for(Role.SECRETARY),
            ),
            Page("secretaries:board", pgettext_lazy("nav", "Overview"), _for(Role.SECRETARY_LEAD)),
            Page(
                "secretaries:requests",
                pgettext_lazy("nav", "Requests"),
                _for(Role.SECRETARY, Role.SECRETARY_LEAD),
            ),
            Page(
                "secretaries:inquiries",
                pgettext_lazy("nav", "Overdue inquiries"),
                _for(Role.SECRETARY, Role.SECRETARY_LEAD),
            ),
            Page(
                "secretaries:rates", pgettext_lazy("nav", "Four rates"), _for(Role.SECRETARY_LEAD)
            ),
            Page(
                "secretaries:quarter",
                pgettext_lazy("nav", "Appraisals"),
                _for(Role.SECRETARY_LEAD),
            ),
            Page(
                "secretaries:numbers",
                pgettext_lazy("nav", "Numbers of service"),
                _for(Role.SECRETARY_LEAD),
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "People"),
        (
            Page(
                "accounts:people",
                pgettext_lazy("nav", "People and roles"),
                _for(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            ),
            Page(
                "accounts:calendar",
                pgettext_lazy("nav", "Working days"),
                _for(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            ),
            Page(
                "notifications:outbox",
                pgettext_lazy("nav", "Outbox"),
                _for(Role.SYSTEM_ADMIN),
            ),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Trail"),
        (
            Page(
                "portal:trail",
                pgettext_lazy("nav", "Audit trail"),
                _for(Role.SUPERVISOR, Role.AUDIT_ADMIN),
            ),
            Page(
                "portal:verification",
                pgettext_lazy("nav", "Seal verification"),
                _for(Role.SUPERVISOR, Role.AUDIT_ADMIN),
            ),
        ),
    ),
)

APPLICANTS: tuple[Section, ...] = (
    Section(
        pgettext_lazy("nav", "Workbench"),
        (Page("portal:workbench", pgettext_lazy("nav", "Workbench")),),
    ),
    Section(
        pgettext_lazy("nav", "Open calls"),
        (Page("portal:public_calls", pgettext_lazy("nav", "Calls")),),
    ),
    Section(
        pgettext_lazy("nav", "My applications"),
        (Page("applications:dossier_list", pgettext_lazy("nav", "My applications")),),
    ),
    Section(
        pgettext_lazy("nav", "Grants"),
        (
            Page("awards:agreements", pgettext_lazy("nav", "Agreements")),
            Page("awards:payments", pgettext_lazy("nav", "Payments")),
        ),
    ),
    Section(
        pgettext_lazy("nav", "Requests"),
        (Page("secretaries:requests", pgettext_lazy("nav", "Requests")),),
    ),
    Section(
        pgettext_lazy("nav", "My organisation"),
        (Page("accounts:firm", pgettext_lazy("nav", "My organisation")),),
    ),
)

PUBLIC: tuple[Section, ...] = (
    Section(pgettext_lazy("nav", "Home"), (Page("portal:home", pgettext_lazy("nav", "Home")),)),
    Section(
        pgettext_lazy("nav", "Open calls"),
        (Page("portal:public_calls", pgettext_lazy("nav", "Calls")),),
    ),
    Section(
        pgettext_lazy("nav", "Public notices"),
        (Page("portal:public_notices", pgettext_lazy("nav", "Notices")),),
    ),
    Section(
        pgettext_lazy("nav", "Published results"),
        (Page("portal:public_results", pgettext_lazy("nav", "Results")),),
    ),
    Section(
        pgettext_lazy("nav", "Verify"), (Page("portal:verify", pgettext_lazy("nav", "Verify")),)
    ),
)

EVERY_PAGE: frozenset[str] = frozenset(
    page.name
    for sections in (OFFICERS, APPLICANTS, PUBLIC)
    for section in sections
    for page in section.pages
)
