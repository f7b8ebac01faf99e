"""Who may do what with the money: asked by services inside their transaction, and by pages."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from audit.refusals import NotPermitted

SEES_FUNDING = (
    Role.PROGRAMME_OFFICER,
    Role.APPROVER,
    Role.FINANCE_OFFICER,
    Role.SUPERVISOR,
)


def require(user: User, *roles: Role) -> Role:
    """The first of the roles that the person holds. Raises NotPermitted without one."""
    for role in roles:
        if has_role(user, role):
            return role
    raise NotPermitted(_("Your role does not allow this. Ask a colleague whose role it is."))


def sees_funding(user: User) -> bool:
    """Whether ranking sums, lists and the envelope are open to the person before publication."""
    return any(has_role(user, role) for role in SEES_FUNDING)
