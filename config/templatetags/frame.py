"""Tags of the page's frame: the top bar, the section's pages, the pager."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest, QueryDict

from config import navigation

register = template.Library()

Context = dict[str, Any]


def _links(context: Any) -> tuple[navigation.Link, ...]:
    """The bar's entries, worked out once a page."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return ()
    kept = context.render_context.get("top_links")
    if kept is None:
        roles = navigation.roles_seen(request)
        named = str(context.get("nav_current", ""))
        kept = navigation.top_links(roles, request.path, named)
        context.render_context["top_links"] = kept
    return kept  # type: ignore[no-any-return]  # render_context holds anything


@register.simple_tag(takes_context=True)
def top_links(context: Any) -> tuple[navigation.Link, ...]:
    """{% top_links as links %}: the bar's entries for this person at this page."""
    return _links(context)


@register.simple_tag(takes_context=True)
def section_links(context: Any) -> tuple[navigation.Link, ...]:
    """{% section_links as links %}: the pages of the current section, when it has several."""
    current = next((link for link in _links(context) if link.current), None)
    return current.children if current and len(current.children) > 1 else ()


@register.simple_tag(takes_context=True)
def reader_class(context: Any) -> str:
    """{% reader_class as reader %}: `is-public` for a firm's people, who read larger type on every
    page, also on those that officers share with them."""
    request: HttpRequest | None = context.get("request")
    return "is-public" if request and navigation.roles_seen(request) == frozenset() else ""


def _addressed(request: HttpRequest | None, number: int, key: str) -> str:
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[key] = str(number)
    return f"?{query.urlencode()}"


def _numbers(page: Page[Any]) -> Iterator[int | None]:
    """1 … 4 5 [6] 7 8 … 20: None stands for a gap."""
    last = page.paginator.num_pages
    shown = {1, last, *range(page.number - 1, page.number + 2)} & set(range(1, last + 1))
    before = 0
    for n in sorted(shown):
        if n - before == 2:
            yield n - 1
        elif n - before > 2:
            yield None
        yield n
        before = n


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Any, page: Page[Any], key: str = "page") -> Context:
    """{% pager page %}: 第 51–100 条，共 312 条 and the page numbers, keeping the query string."""
    request = context.get("request")
    steps = [
        {"number": n, "url": _addressed(request, n, key) if n else "", "here": n == page.number}
        for n in _numbers(page)
    ]
    return {
        "first": page.start_index(), "last": page.end_index(), "total": page.paginator.count,
        "steps": steps if page.paginator.num_pages > 1 else [],
    }  # fmt: skip
