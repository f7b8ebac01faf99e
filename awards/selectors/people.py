"""Who acts for the firm of a dossier."""

from accounts.models import Level, User
from accounts.selectors import members_of
from applications.models import Application


def firm_people(application: Application) -> list[User]:
    """Everybody who acts for the firm of a dossier."""
    return list(members_of(application.firm))


def owners_of(application: Application) -> list[User]:
    """The firm's owners: who sign, claim and answer for it."""
    return list(members_of(application.firm, Level.OWNER))
