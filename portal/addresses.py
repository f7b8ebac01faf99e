"""Addresses of pages that another app may or may not offer."""

from django.urls import NoReverseMatch, reverse


def address(name: str, *args: object) -> str:
    """The page's path, or "" when no app offers it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
