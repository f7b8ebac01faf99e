"""The kinds of message there are, and the words of each in both languages.

Every app registers its own kinds in `<app>/messages.py`, imported by its `AppConfig.ready()`:

    kinds.register("application.submitted", title=_("… %(number)s"), body=_("…"))

Texts are lazy translations with named placeholders. They are put together when they are read,
in the reader's language, from the context kept with the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications import wording


class Sort(TextChoices):
    """What a message wants of its reader."""

    ACT = "act", _("What waits for you to act")
    REMINDER = "reminder", _("Reminders of deadlines")
    NEWS = "news", _("News of what others did")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message: its dotted name, its texts, whether the reader has to act, whether it is
    a secret who gets it, and whether it recalls a deadline told of before.
    """

    name: str
    title: str | Promise
    body: str | Promise
    act: bool = False
    secret: bool = False
    recalls: bool = False

    @property
    def sort(self) -> Sort:
        if self.recalls:
            return Sort.REMINDER
        return Sort.ACT if self.act else Sort.NEWS


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    body: str


_KINDS: dict[str, Kind] = {}


def register(
    name: str,
    *,
    title: str | Promise,
    body: str | Promise,
    act: bool = False,
    secret: bool = False,
    recalls: bool = False,
) -> None:
    """Make a kind known. Raises ValueError when another text already has the name."""
    kind = Kind(name, title, body, act, secret, recalls)
    known = _KINDS.get(name)
    if known is not None and known != kind:
        raise ValueError(f"message kind {name!r} is registered twice")
    _KINDS[name] = kind


def get(name: str) -> Kind:
    """The kind of a name. Raises LookupError when nobody registered it."""
    try:
        return _KINDS[name]
    except KeyError:
        raise LookupError(f"unknown message kind {name!r}") from None


def is_secret(name: str) -> bool:
    """Whether nobody but the recipient may know who gets a message of this kind."""
    return name not in _KINDS or _KINDS[name].secret


def sort_of(name: str) -> Sort:
    """What a kind wants of its reader; news, where nobody knows it any more."""
    return _KINDS[name].sort if name in _KINDS else Sort.NEWS


def registered() -> tuple[Kind, ...]:
    return tuple(_KINDS[name] for name in sorted(_KINDS))


def require_filled(name: str, context: Mapping[str, Any]) -> None:
    """LookupError for an unknown kind or a placeholder that the context does not fill."""
    missing = _placeholders(name) - context.keys()
    if missing:
        raise KeyError(*sorted(missing))


@cache
def _placeholders(name: str) -> frozenset[str]:
    kind, asked = get(name), _Asked()
    with override("en"):  # the catalogues are held to the same placeholders
        for text in (kind.title, kind.body):
            text % asked
    return frozenset(asked)


class _Asked(dict[str, int]):
    """Has every name it is asked for; keeps which those were."""

    def __missing__(self, name: str) -> int:
        self[name] = 1  # a plural counts by it
        return 1


def render(name: str, context: dict[str, Any], language: str) -> Text:
    """Title and body in a language. `context` as `wording.encode` gives it.

    Raises LookupError for an unknown kind or a placeholder that the context does not fill.
    """
    kind = get(name)
    values = wording.decode(context, language)
    with override(language):
        return Text(kind.title % values, kind.body % values)  # a plural counts by its value
