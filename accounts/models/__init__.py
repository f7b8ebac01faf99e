from accounts.models.attempts import SignInCounter
from accounts.models.organisations import Level, Membership, Organisation, OrganisationKind
from accounts.models.people import RoleGrant, User
from accounts.models.regions import Region, RegionLevel

__all__ = [
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
