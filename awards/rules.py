"""Who may do what with the money: asked by services inside their transaction, and by pages."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acts_for_a_firm, has_any_role, has_role, roles_of
from audit.refusals import NotPermitted

SEES_FUNDING = (
    Role.PROGRAMME_OFFICER,
    Role.APPROVER,
    Role.FINANCE_OFFICER,
    Role.SUPERVISOR,
)
OFFICE = (*SEES_FUNDING, Role.SECRETARY_LEAD)


def require(user: User, *roles: Role) -> Role:
    """The first of the roles that the person holds. Raises NotPermitted without one."""
    for role in roles:
        if has_role(user, role):
            return role
    raise NotPermitted(_("Your role does not allow this. Ask a colleague whose role it is."))


def has_grants(user: User) -> bool:
    """Whether agreements and payments concern the person: the office, secretaries, and firms (those
    still without a firm too, who hold no role)."""
    return (
        has_any_role(user, *OFFICE, Role.SECRETARY) or acts_for_a_firm(user) or not roles_of(user)
    )


def sees_funding(user: User) -> bool:
    """Whether ranking sums, lists and the envelope are open to the person before publication."""
    return any(has_role(user, role) for role in SEES_FUNDING)
