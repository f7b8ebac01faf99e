"""The facts of a row that its last audit event must agree with.

Each service writes `after=facts(row)`; the witness recomputes them and compares, so a row
altered behind the application's back is found by name.
"""

from datetime import UTC
from typing import Any

from accounts.models import AccessToken, Membership, Organisation, RoleGrant, User

Facts = dict[str, Any]


def of_user(user: User) -> Facts:
    return {
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "active": user.is_active,
        "unit": user.unit_id,
        "region": user.region_id,
    }


def of_grant(grant: RoleGrant) -> Facts:
    return {
        "user": grant.user_id,
        "role": str(grant.role),
        "region": grant.region_id,
        "state": grant.state,
        "proposed_by": grant.proposed_by_id,
        "confirmed_by": grant.confirmed_by_id,
        "revoked_by": grant.revoked_by_id,
    }


def of_organisation(organisation: Organisation) -> Facts:
    return {
        "kind": str(organisation.kind),
        "name": organisation.name,
        "uscc": organisation.uscc,
        "region": organisation.region_id,
        "legal_representative": organisation.legal_representative,
        "contact_phone": organisation.contact_phone,
        "address": organisation.address,
    }


def of_membership(membership: Membership) -> Facts:
    return {
        "user": membership.user_id,
        "organisation": membership.organisation_id,
        "level": str(membership.level),
        "ended": membership.ended_at is not None,
    }


def of_token(token: AccessToken) -> Facts:
    return {
        "user": token.user_id,
        "name": token.name,
        "digest": token.digest,
        "expires_at": token.expires_at.astimezone(UTC).isoformat(),
        "revoked_at": token.revoked_at.astimezone(UTC).isoformat() if token.revoked_at else None,
    }
