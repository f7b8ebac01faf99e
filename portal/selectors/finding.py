"""Search: only what the person may open anyway."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acts_for_a_firm, has_any_role, has_role
from applications.models import Application, Call
from applications.rules import READERS, shown_status
from applications.selectors.dossiers import dossiers_for_officials, dossiers_of_firms, narrowed
from applications.wording import STATUS_NAMES
from awards.models import PublicNotice
from portal.selectors.calls import public_calls

MOST = 20
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    detail: str
    url: str
    status: str = ""
    status_label: Any = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of thing: at most MOST hits, and whether there were more."""

    kind: str
    hits: tuple[Hit, ...]
    more: bool

    @classmethod
    def of(cls, kind: str, hits: list[Hit]) -> "Found":
        return cls(kind, tuple(hits[:MOST]), len(hits) > MOST)


def find(user: User, text: str) -> list[Found]:
    """What fits the text, by kind; nothing for less than two characters."""
    text = text.replace("\x00", "").strip()
    if len(text) < SHORTEST:
        return []
    groups = [
        Found.of("dossiers", _dossiers(user, text)),
        Found.of("calls", _calls(text)),
        Found.of("notices", _notices(text)),
        Found.of("people", _people(user, text)),
    ]
    return [group for group in groups if group.hits]


def _dossiers_open_to(user: User) -> QuerySet[Application]:
    if has_any_role(user, *READERS, Role.REGIONAL_OFFICER, Role.SECRETARY_LEAD):
        return dossiers_for_officials(user)
    if has_role(user, Role.SECRETARY):
        return Application.objects.filter(
            service_assignments__secretary__user=user,
            service_assignments__valid_to__isnull=True,
        ).select_related("call", "firm", "region")
    if acts_for_a_firm(user):
        return dossiers_of_firms(user)
    return Application.objects.none()


def _dossiers(user: User, text: str) -> list[Hit]:
    to_firm = acts_for_a_firm(user)
    hits = []
    for application in narrowed(_dossiers_open_to(user), text=text).distinct()[: MOST + 1]:
        status = shown_status(application, application.call, to_firm=to_firm)
        parts = (application.number, application.firm.name, str(application.region))
        hits.append(
            Hit(
                title=application.title,
                detail=" · ".join(part for part in parts if part),
                url=reverse("applications:dossier", args=[application.pk]),
                status=status,
                status_label=STATUS_NAMES[status],
            )
        )
    return hits


def _calls(text: str) -> list[Hit]:
    named = Q(name_zh__icontains=text) | Q(name_en__icontains=text) | Q(number__iexact=text)
    found: QuerySet[Call] = public_calls().filter(named)
    return [
        Hit(str(call), call.number, reverse("portal:public_call", args=[call.number]))
        for call in found[: MOST + 1]
    ]


def _notices(text: str) -> list[Hit]:
    named = Q(title__icontains=text) | Q(number__iexact=text) | Q(call__number__iexact=text)
    return [
        Hit(str(notice.call), notice.number, reverse("portal:public_notice", args=[notice.number]))
        for notice in PublicNotice.objects.filter(named).select_related("call")[: MOST + 1]
    ]


def _people(user: User, text: str) -> list[Hit]:
    """Accounts, for the administrators who keep them."""
    if not has_any_role(user, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return []
    named = Q(name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text)
    return [
        Hit(person.name, person.username, reverse("accounts:person", args=[person.pk]))
        for person in User.objects.filter(named).order_by("pk")[: MOST + 1]
    ]
