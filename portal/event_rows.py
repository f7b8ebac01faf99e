"""Events of the log in words, as far as the reader's role may know them.

The audit administrator watches who did what and when, and verifies; the facts of business objects
(names, reasons, before and after) are the supervisor's. So is everything that tells who sits on a
panel and how far they are: of that the audit administrator reads only that something happened.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.roles import Role
from applications.wording import STATUS_NAMES, STEP_NAMES
from audit.models import Event
from portal.action_words import ACTIONS, AREAS, OBJECTS
from portal.fact_words import FACTS

SYSTEM_AREAS = frozenset({"account", "role", "outbox", "audit", "calendar", "firm", "unit"})
# Who was drawn, declared, scored and signed. Recusals and vacated seats are told of these as well.
SECRET_OBJECTS = frozenset(
    {"reviews.seat", "reviews.assignment", "reviews.scoresheet", "reviews.sheetimport"}
)


@dataclass(frozen=True, slots=True)
class EventRow:
    pk: int
    at: datetime
    who: str
    role: str
    action: str
    words: str
    object_words: str
    label: str
    change: str
    origin: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    name: str
    before: str
    after: str
    differs: bool


def area_of(action: str) -> str:
    return action.partition(".")[0]


def may_read_facts(event: Event, role: Role) -> bool:
    """Supervisors read everything; the audit administrator reads what concerns the system."""
    return role == Role.SUPERVISOR or area_of(event.action) in SYSTEM_AREAS


def is_secret(event: Event, role: Role) -> bool:
    """Whether the reader may know no more of the event than its number and its instant."""
    return role != Role.SUPERVISOR and (
        event.object_type in SECRET_OBJECTS or event.role == Role.EXPERT
    )


def secret_events(role: Role) -> Q | None:
    """The same as a condition, for the list; None for a reader from whom nothing is kept."""
    if role == Role.SUPERVISOR:
        return None
    return Q(object_type__in=SECRET_OBJECTS) | Q(role=Role.EXPERT)


def action_words(action: str) -> str:
    """The act in words; an act nobody has words for shows its area and its code."""
    known = ACTIONS.get(action)
    if known is not None:
        return str(known)
    area, _dot, verb = action.partition(".")
    if area == "application" and verb in STEP_NAMES:
        return str(STEP_NAMES[verb])
    return f"{AREAS.get(area, area)} · {verb.replace('_', ' ')}" if verb else area


def role_words(role: str) -> str:
    if role in Role.values:
        return str(Role(role).label)
    others = {
        "owner": _("firm's owner"),
        "editor": _("firm's editor"),
        "viewer": _("firm's viewer"),
        "system": _("system"),
    }
    return others.get(role, role)


# Whose states an event names, where the object itself keeps none: an instalment's for its claims
# and payments, a dossier's for its award and the notice, a call's for its ranking.
STATES_OF = {
    "awards.award": "applications.application",
    "awards.claim": "awards.instalment",
    "awards.payment": "awards.instalment",
    "awards.publicnotice": "applications.application",
    "reviews.ranking": "applications.call",
    "reviews.scoresheet": "reviews.assignment",
}

STATE_FIELDS = frozenset({"status", "state", "level", "rung"})


@cache
def _state_choices(object_type: str) -> dict[str, Any]:
    """The words of the states of this kind of object, from the model that keeps them."""
    object_type = STATES_OF.get(object_type, object_type)
    if object_type == "applications.application":
        return {status.value: words for status, words in STATUS_NAMES.items()}
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):
        return {}
    fields = [f for f in model._meta.concrete_fields if f.name in STATE_FIELDS]
    return {str(value): words for field in fields for value, words in field.flatchoices}


def state_words(object_type: str, state: str) -> str:
    """The state in words; one that the object's own workflow does not know stays as it is."""
    others = {
        "active": pgettext("state in the log", "enabled"),
        "broken": pgettext("state in the log", "does not agree"),
        "disabled": pgettext("state in the log", "disabled"),
        "drawn_up": pgettext("state in the log", "drawn up"),
        "ended": pgettext("state in the log", "ended"),
        "live": pgettext("state in the log", "in force"),
        "paused": pgettext("state in the log", "paused"),
        "refused": pgettext("state in the log", "refused"),
        "returned": pgettext("state in the log", "returned"),
        "signed": pgettext("state in the log", "signed"),
        "proposed": pgettext("state in the log", "put forward"),
        "revoked": pgettext("state in the log", "revoked"),
        "holds": _("agrees"),
    }
    words = _state_choices(object_type).get(state) or others.get(state)
    return str(words) if words else state


def origin_words(origin: str) -> str:
    """From where an act came: a network address as it is, the rest in words."""
    names = {
        "worker": pgettext("origin", "worker"),
        "rehearsal": pgettext("origin", "rehearsal"),
        "bootstrap": pgettext("origin", "first set-up"),
        "command": pgettext("origin", "command line"),
    }
    return names.get(origin, origin)


def _secret_row(event: Event) -> EventRow:
    return EventRow(
        pk=event.pk,
        at=event.at,
        who=pgettext("who acted", "kept secret"),
        role="",
        action="",
        words=_("Act of the expert review"),
        object_words=_("open to the supervisor alone"),
        label="",
        change="",
        origin="",
        is_open=False,
    )


def event_row(event: Event, role: Role) -> EventRow:
    """The event as far as the role may know it."""
    if is_secret(event, role):
        return _secret_row(event)
    is_open = may_read_facts(event, role)
    kind = event.object_type
    source, target = state_words(kind, event.source), state_words(kind, event.target)
    return EventRow(
        pk=event.pk,
        at=event.at,
        who=event.actor_name or pgettext("who acted", "the system"),
        role=role_words(event.role),
        action=event.action,
        words=action_words(event.action),
        object_words=str(OBJECTS.get(event.object_type, event.object_type)),
        label=event.object_label if is_open else event.object_id,
        change=f"{source or '—'} → {target}" if target and is_open else "",
        origin=origin_words(event.origin),
        is_open=is_open,
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=1)


def change_rows(event: Event) -> list[ChangeRow]:
    """Fact by fact: before and after."""
    before = event.before if isinstance(event.before, dict) else {}
    after = event.after if isinstance(event.after, dict) else {}
    names = [*before, *(name for name in after if name not in before)]
    return [
        ChangeRow(
            name=str(FACTS.get(name, name)),
            before=_shown(before.get(name)),
            after=_shown(after.get(name)),
            differs=before.get(name) != after.get(name),
        )
        for name in names
    ]
