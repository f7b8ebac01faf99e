"""The top bar of one page: the entries a person's roles open, and which of them one is on."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from accounts import rules
from config.menus import APPLICANTS, OFFICERS, PUBLIC, Section


@dataclass(frozen=True, slots=True)
class Link:
    """What the bar shows: words, address, whether it is the page one is on, the section's pages."""

    label: str | Promise
    url: str
    name: str
    current: bool = False
    children: tuple["Link", ...] = field(default=())


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
    """Address of the entry one is on: the named one, else the longest that leads here."""
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
        current = any(c.current for c in children)
        entries.append(Link(section.label, children[0].url, children[0].name, current, children))
    return tuple(entries)


def roles_seen(request: HttpRequest) -> frozenset[str] | None:
    """The signed-in person's roles; None for a visitor."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return frozenset(rules.roles_of(user))
