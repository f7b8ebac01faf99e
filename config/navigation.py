"""The top bar: which pages a person's roles open, at most six sections, most used first."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    Section(_("Workbench"), (Page("portal:workbench", _("Workbench")),)),
    Section(
        _("My reviews"), (Page("reviews:my_reviews", _("My reviews"), _for(Role.EXPERT)),)
    ),
    Section(
        _("Calls"), (Page("applications:call_list", _("Calls"), PROVINCE | {Role.FINANCE_OFFICER}),)
    ),
    Section(
        _("Projects"),
        (
            Page(
                "applications:recommendations", _("Recommendation"), _for(Role.REGIONAL_OFFICER)
            ),
            Page("applications:screening", _("Screening"), _for(Role.PROGRAMME_OFFICER)),
            Page(
                "applications:dossier_list",
                _("All dossiers"),
                PROVINCE
                | {Role.REGIONAL_OFFICER, Role.FINANCE_OFFICER}
                | {Role.SECRETARY_LEAD},
            ),
        ),
    ),
    Section(
        _("Review"),
        (
            Page("reviews:panels", _("Panels"), _for(Role.PROGRAMME_OFFICER)),
            Page("reviews:pool", _("Expert pool"), _for(Role.PROGRAMME_OFFICER)),
            Page(
                "reviews:draws",
                _("Expert draw"),
                _for(Role.PROGRAMME_OFFICER, Role.SUPERVISOR),
            ),
            Page("reviews:ranking_list", _("Ranking"), PROVINCE),
        ),
    ),
    Section(
        _("Funds"),
        (
            Page(
                "awards:funding_list", _("Funding list"), PROVINCE | {Role.FINANCE_OFFICER}
            ),
            Page(
                "awards:agreements",
                _("Agreements"),
                _for(Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.SECRETARY),
            ),
            Page(
                "awards:payments",
                _("Payments"),
                _for(Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.SUPERVISOR)
                | {Role.SECRETARY},
            ),
        ),
    ),
    Section(
        _("Public notice"),
        (
            Page("awards:notices", _("Notices"), PROVINCE | {Role.FINANCE_OFFICER}),
            Page("awards:objections", _("Objections"), PROVINCE),
        ),
    ),
    Section(
        _("Service secretaries"),
        (
            Page("secretaries:my_projects", _("My projects"), _for(Role.SECRETARY)),
            Page("secretaries:board", _("Overview"), _for(Role.SECRETARY_LEAD)),
        ),
    ),
    Section(
        _("People"),
        (
            Page(
                "accounts:people",
                _("People and roles"),
                _for(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            ),
        ),
    ),
    Section(
        _("Trail"),
        (Page("portal:trail", _("Audit trail"), _for(Role.SUPERVISOR, Role.AUDIT_ADMIN)),),
    ),
)

APPLICANTS: tuple[Section, ...] = (
    Section(_("Workbench"), (Page("portal:workbench", _("Workbench")),)),
    Section(_("Calls for applications"), (Page("portal:public_calls", _("Calls")),)),
    Section(_("My applications"), (Page("applications:dossier_list", _("My applications")),)),
    Section(
        _("Agreements and payments"),
        (
            Page("awards:agreements", _("Agreements")),
            Page("awards:payments", _("Payments")),
        ),
    ),
    Section(_("My organisation"), (Page("accounts:firm", _("My organisation")),)),
)

PUBLIC: tuple[Section, ...] = (
    Section(_("Home"), (Page("portal:home", _("Home")),)),
    Section(_("Calls for applications"), (Page("portal:public_calls", _("Calls")),)),
    Section(_("Public notices"), (Page("portal:public_notices", _("Notices")),)),
    Section(_("Published results"), (Page("portal:public_results", _("Results")),)),
    Section(_("Verify"), (Page("portal:verify", _("Verify")),)),
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
        replace(
            s, pages=tuple(p for p in s.pages if p.roles is None or p.roles & roles)
        )
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
    """The bar's entries for these roles at this path; `named` is a URL name that the page claims."""
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
    from accounts import rules  # reads models, which are not ready when settings name this module

    return frozenset(rules.roles_of(user))
