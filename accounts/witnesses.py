"""Do people, roles, firms, memberships and tokens still agree with what the log last said?"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from django.db.models import Max, Model, QuerySet

from accounts import facts
from accounts.models import AccessToken, Membership, Organisation, RoleGrant, User
from audit.models import Event
from audit.witnesses import register

Facts = facts.Facts
M = TypeVar("M", bound=Model)


def connect() -> None:
    register("accounts.people", lambda: _disagreeing(User.objects.all(), facts.of_user))
    register("accounts.grants", lambda: _disagreeing(RoleGrant.objects.all(), facts.of_grant))
    register(
        "accounts.organisations",
        lambda: _disagreeing(Organisation.objects.all(), facts.of_organisation),
    )
    register(
        "accounts.memberships",
        lambda: _disagreeing(Membership.objects.all(), facts.of_membership),
    )
    register("accounts.tokens", lambda: _disagreeing(AccessToken.objects.all(), facts.of_token))


def _disagreeing(rows: QuerySet[M], told: Callable[[M], Facts]) -> Iterator[str]:
    """One line for each row that the last event about it does not describe, or that is gone."""
    label = rows.model._meta.label_lower
    last = _last_told(label)
    for row in rows.order_by("pk").iterator():
        known = last.pop(str(row.pk), None)
        now = told(row)
        if known is None:
            yield f"{label} {row.pk} ({row}): no event tells of it"
        elif wrong := [name for name in now if known.get(name) != now[name]]:
            yield f"{label} {row.pk} ({row}): altered: {', '.join(wrong)}"
    for pk in last:
        yield f"{label} {pk}: an event tells of it, the row is gone"


def _last_told(label: str) -> dict[str, dict[str, Any]]:
    events = Event.objects.filter(object_type=label, after__isnull=False)
    latest = events.values("object_id").annotate(last=Max("id")).values("last")
    found = Event.objects.filter(id__in=latest).values_list("object_id", "after")
    return dict(cast("Iterable[tuple[str, dict[str, Any]]]", found))
