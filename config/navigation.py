"""The top bar: which pages a person's roles open, at most six sections, most used first."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts import rules
from accounts.roles import Role

PROVINCE = frozenset({Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER})
MOST = 6


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


@dataclass(frozen=True, slots=True)
class Link:
    """What the bar shows: words, address, whether it is the page one is on, the section's pages."""

    label: str | Promise
    url: str
    name: str
    current: bool = False
    children: tuple["Link", ...] = field(default=())


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
                PROVINCE | {Role.FINANCE_OFFICER},
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
            Page("reviews:ranking_list", pgettext_lazy("nav", "Ranking"), PROVINCE),
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
                "secretaries:my_projects", pgettext_lazy("nav", "My projects"), _for(Role.SECRETARY)
            ),
            Page("secretaries:board", pgettext_lazy("nav", "Overview"), _for(Role.SECRETARY_LEAD)),
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


def address(name: str) -> str:
    """The page's path, or "" when no app offers it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def sections_for(roles: frozenset[str] | None) -> tuple[Section, ...]:
    """The sections open to these roles: None for a visitor, none at all for a firm's people."""
    if roles is None:
        return PUBLIC
    if not roles:
        return APPLICANTS
    opened = (
        replace(s, pages=tuple(p for p in s.pages if p.roles is None or p.roles & roles))
        for s in OFFICERS
    )
    return tuple(s for s in opened if s.pages)


def _links(section: Section) -> tuple[Link, ...]:
    return tuple(
        Link(page.label, url, page.name) for page in section.pages if (url := address(page.name))
    )


def _nearest(links: Iterable[Link], path: str, named: str) -> str:
    """The name of the entry one is on: the named one, else the longest address that leads here."""
    best = ""
    for link in links:
        if link.name == named:
            return link.url
        here = path == link.url or (link.url != "/" and path.startswith(link.url))
        if here and len(link.url) > len(best):
            best = link.url
    return best


def top_links(roles: frozenset[str] | None, path: str, named: str = "") -> tuple[Link, ...]:
    """The bar's entries for these roles at this path; `named`: a URL name that the page claims."""
    sections = [(s, links) for s in sections_for(roles) if (links := _links(s))]
    here = _nearest((link for _s, links in sections for link in links), path, named)
    entries = []
    for section, links in sections:
        children = tuple(replace(c, current=c.url == here) for c in links)
        label = section.label if len(children) > 1 or section.label else children[0].label
        current = any(c.current for c in children)
        entries.append(Link(label, children[0].url, children[0].name, current, children))
    return tuple(entries)


def roles_seen(request: HttpRequest) -> frozenset[str] | None:
    """The signed-in person's roles; None for a visitor."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return frozenset(rules.roles_of(user))
