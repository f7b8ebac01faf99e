"""What waits for applicants, regional officers and programme officers."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.waiting import WaitingItem
from applications.models import CreditRecord
from applications.selectors.waiting import (
    for_firm,
    for_programme_officer,
    for_regional_officer,
)


def waiting_for(user: User, now: datetime) -> list[WaitingItem]:
    """The acts that wait for this person in this app."""
    items: list[WaitingItem] = []
    if has_role(user, Role.REGIONAL_OFFICER):
        items += for_regional_officer(user)
    if has_role(user, Role.PROGRAMME_OFFICER):
        items += [*for_programme_officer(user), *_objections()]
    return items + for_firm(user, now)


def _objections() -> Iterator[WaitingItem]:
    """Objections of firms to their credit records."""
    rows = CreditRecord.objects.filter(decision="", application__isnull=False).exclude(objection="")
    for row in rows.select_related("application").order_by("objected_at"):
        if row.application is not None:
            yield WaitingItem(
                title=_("Decide on the objection to a credit record: %(title)s")
                % {"title": row.application.title},
                why=str(row.get_kind_display()),
                url=reverse("applications:credit_record", args=[row.pk]),
            )
