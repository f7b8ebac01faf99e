"""Overdue inquiries and who may read them."""

from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.rules import covered_regions, has_role
from secretaries import rules
from secretaries.models import OverdueInquiry, ServiceAssignment


def inquiries_for(user: User) -> QuerySet[OverdueInquiry]:
    """The lead and the province's officers read all, a secretary the own, a regional officer those
    of the region; open ones first."""
    rows = OverdueInquiry.objects.select_related(
        "request__application__firm", "request__application__region", "subject"
    ).order_by(F("closed_at").desc(nulls_first=True), "-pk")
    if rules.is_lead(user) or rules.watches(user):
        return rows
    seen = Q(subject=user)
    if has_role(user, Role.SECRETARY):
        served = ServiceAssignment.objects.filter(
            Q(secretary__user=user) | Q(backup__user=user), valid_to__isnull=True
        )
        seen |= Q(request__application__in=served.values("application"))
    if has_role(user, Role.REGIONAL_OFFICER):
        seen |= Q(request__application__region__in=covered_regions(user))
    return rows.filter(seen)
