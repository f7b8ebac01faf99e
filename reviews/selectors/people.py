"""Whom an act on a seat concerns: who is invited next, and the office that is told."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from accounts.models import RoleGrant, User
from accounts.roles import Role
from reviews.models import Expert, Recusal


@dataclass(frozen=True, slots=True)
class People:
    """Experts by pseudonym, each with `.recused`, the ids of the dossiers the expert is barred from
    already; active people by the role they hold.
    """

    experts: dict[str, Expert] = field(default_factory=dict)
    office: dict[Role, list[User]] = field(default_factory=dict)

    def holding(self, *roles: Role) -> list[User]:
        """Whoever holds one of the roles, each once."""
        return list({user.pk: user for role in roles for user in self.office[role]}.values())


def people(experts: Collection[str], *roles: Role) -> People:
    """The experts of these pseudonyms and whoever holds one of the roles now. One query, none for
    nobody.
    """
    if not experts and not roles:
        return People()
    live = RoleGrant.objects.live().filter(user=OuterRef("pk"), role__in=roles).order_by()
    barred = Recusal.objects.filter(expert__user=OuterRef("pk")).order_by()
    rows = (
        User.objects.filter(
            Q(Exists(live), is_active=True) | Q(expert__pseudonym__in=list(experts))
        )
        .select_related("expert")
        .annotate(
            holds=ArraySubquery(live.values("role")),
            recused=ArraySubquery(barred.values("application_id")),
        )
        .order_by("pk")
    )
    found = People(office={role: [] for role in roles})
    for user in rows:
        for role in user.holds or ():
            found.office[Role(role)].append(user)
        expert = getattr(user, "expert", None)
        if expert is not None and expert.pseudonym in experts:
            expert.recused = user.recused
            found.experts[expert.pseudonym] = expert
    return found
