"""Who hears of a call's way: the second officer, the proposer, the counties."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Call
from notifications.services import notify


def tell(
    call: Call, kind: str, recipients: Iterable[User], *, moment: datetime, **extra: Any
) -> None:
    """Queue a message about a call, once for each act."""
    notify(
        kind=kind,
        recipients=recipients,
        key=f"{kind}:{call.pk}:{moment.isoformat()}",
        context={
            "call": call.number,
            "name_zh": call.name_zh,
            "name_en": call.name_en,
            "reason": "",
            **extra,
        },
        url=reverse("applications:call", args=[call.pk]),
        about=call,
    )


def tell_published(call: Call, moment: datetime) -> None:
    """The counties prepare their firms; the proposer learns that it is out."""
    people = {u.pk: u for u in users_with_role(Role.REGIONAL_OFFICER)}
    if call.proposed_by is not None:
        people[call.proposed_by.pk] = call.proposed_by
    tell(
        call,
        "call.published",
        people.values(),
        moment=moment,
        opens=call.opens_at,
        closes=call.closes_at,
    )
