"""Who may check a dossier on the spot: at least two people of the offices, none tied to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from accounts.models import RoleGrant, User
from accounts.roles import Role
from accounts.rules import has_any_role
from accounts.selectors import acting_for
from applications.models import Application, Call
from applications.rules import SUBMIT, acts_for_firm, holds
from reviews.models import Expert, Scribe, Seat, SeatState, SiteCheck, SiteChecker, SiteFinding
from reviews.rules import counted_interests, counted_memberships

# Whoever decides on the list, watches over it or serves the firm afterwards is not among them.
CHECKERS = (Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.REGIONAL_OFFICER)
READERS = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER, Role.FINANCE_OFFICER)
LEAST = 2


def looked_up(
    people: Iterable[int], call: Call, on: date, *, going: SiteCheck | None = None
) -> list[Any]:
    """These active people, each with what may bar them from a dossier of the call. One query.

    `.held`: the roles by which they may check; `.acts_for`: ids of a regional officer's regions;
    `.sat`, `.typed`: took part in the review; `.member_of`, `.tied_to`, `.employer`: firms;
    `.goes`: was named to go on the check `going`.
    """
    grants = RoleGrant.objects.live().filter(user=OuterRef("pk"), role__in=CHECKERS)
    seats = Seat.objects.filter(draw__call=call, expert__user=OuterRef("pk"))
    interests = counted_interests(on).filter(expert__user=OuterRef("pk"))
    members = counted_memberships(on).filter(user=OuterRef("pk"))
    return list(
        User.objects.filter(pk__in=list(people), is_active=True)
        .annotate(
            held=ArraySubquery(grants.values("role")),
            acts_for=ArraySubquery(grants.filter(region__isnull=False).values("region_id")),
            sat=Exists(seats.exclude(state=SeatState.DECLINED)),
            goes=Exists(SiteChecker.objects.filter(site_check=going, user=OuterRef("pk"))),
            typed=Exists(Scribe.objects.filter(panel__call=call, user=OuterRef("pk"))),
            member_of=ArraySubquery(members.values("organisation_id")),
            tied_to=ArraySubquery(
                interests.values(data=JSONObject(firm="organisation_id", kind="kind"))
            ),
            employer=Subquery(Expert.objects.filter(user=OuterRef("pk")).values("employer_id")[:1]),
        )
        .order_by("pk")
    )


def bar_of(person: Any, dossier: Application, *, same_region: bool) -> str:
    """Why a person that was looked up may not check the dossier; "" where they may.

    role: holds none of the roles; expert, scribe: took part in the review of the call; member,
    employer, share, kin, employment, work: tied to the firm by the rules that bar experts;
    region: acts for the place it is built in, or is at home there.
    """
    firm = dossier.firm_id
    ties = {tie["firm"]: tie["kind"] for tie in person.tied_to}
    at_home = same_region and person.region_id == dossier.region_id
    reasons = (
        ("expert", person.sat),
        ("scribe", person.typed),
        ("role", not person.held),
        ("member", firm in person.member_of),
        ("employer", person.employer == firm),
        (ties.get(firm, ""), firm in ties),
        ("region", at_home or not set(person.acts_for).isdisjoint(acting_for(dossier.region))),
    )
    return next((reason for reason, holds_ in reasons if holds_), "")


def is_checker(user: User, check: SiteCheck) -> bool:
    """Whether the person was named to go, and still holds a role that may."""
    return has_any_role(user, *CHECKERS) and check.checkers.filter(user=user).exists()


def may_read(user: User, check: SiteCheck) -> bool:
    """The office that reads the ranking, and the people who go."""
    return has_any_role(user, *READERS) or is_checker(user, check)


def may_read_finding(user: User, finding: SiteFinding) -> bool:
    """The firm's own people read what was found about their dossier."""
    return acts_for_firm(user, finding.site_check.application)


def may_state_view(user: User, finding: SiteFinding) -> bool:
    """Whoever may submit for the firm speaks for it here."""
    return holds(user, SUBMIT, finding.site_check.application)
