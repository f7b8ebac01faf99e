from accounts.models.attempts import SignInCounter
from accounts.models.organisations import Level, Membership, Organisation, OrganisationKind
from accounts.models.people import RoleGrant, User
from accounts.models.regions import Region, RegionLevel
from accounts.models.tokens import AccessToken

__all__ = [
    "AccessToken",
    "Level",
    "Membership",
    "Organisation",
    "OrganisationKind",
    "Region",
    "RegionLevel",
    "RoleGrant",
    "SignInCounter",
    "User",
]
