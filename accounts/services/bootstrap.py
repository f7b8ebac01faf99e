"""The first administrators, whom nobody could have appointed: once, on an empty house."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import facts
from accounts.models import RoleGrant, User
from accounts.roles import ADMINISTRATORS, Role
from accounts.services.people import save_new
from accounts.services.roles import check_grant
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record

# A key of our own for pg_advisory_xact_lock: two bootstraps never run at once.
_LOCK = 0x5354_4545


@dataclass(frozen=True, slots=True)
class First:
    """One of the first administrators. `password=None`: to be set by the reset link."""

    role: Role
    username: str
    email: str
    name: str
    password: str | None = None


def appoint_first(*, people: Sequence[First]) -> list[User]:
    """Open the first accounts and grant their roles, each recorded as a bootstrap.

    Refused when any administrator was ever granted, and unless the list holds a system, an
    audit and two security administrators (a grant needs two people).
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if RoleGrant.objects.filter(role__in=ADMINISTRATORS).exists():
            raise WrongState(
                _("Administrators were appointed already; a security administrator grants roles.")
            )
        held = sorted(p.role for p in people)
        wanted = {Role.SYSTEM_ADMIN: 1, Role.SECURITY_ADMIN: 2, Role.AUDIT_ADMIN: 1}
        if any(role not in wanted for role in held) or any(
            held.count(role) < count for role, count in wanted.items()
        ):
            raise Invalid(
                _("Name one system, one audit and two security administrators, nobody else.")
            )
        return [_appoint(person) for person in people]


def _appoint(person: First) -> User:
    user = User(username=person.username, email=person.email, name=person.name)
    save_new(user, person.password)
    record(action="account.bootstrap", obj=user, by=None, after=facts.of_user(user))
    check_grant(user, person.role, None)
    now = clock.now()
    grant = RoleGrant(
        user=user, role=person.role, bootstrap=True, proposed_at=now, confirmed_at=now
    )
    grant.save(force_insert=True)
    record(action="role.bootstrap", obj=grant, by=None, target="live", after=facts.of_grant(grant))
    return user
