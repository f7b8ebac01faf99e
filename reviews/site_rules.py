"""Who may check a dossier on the spot: at least two people of the offices, none tied to it."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.rules import covered_regions, has_any_role, has_role
from applications.models import Application
from applications.rules import SUBMIT, acts_for_firm, holds
from reviews.models import Expert, Scribe, Seat, SeatState, SiteCheck, SiteFinding
from reviews.rules import conflicts_of, ties_since

# Whoever decides on the list, watches over it or serves the firm afterwards is not among them.
CHECKERS = (Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER, Role.REGIONAL_OFFICER)
READERS = (Role.PROGRAMME_OFFICER, Role.SUPERVISOR, Role.APPROVER, Role.FINANCE_OFFICER)
LEAST = 2


def bars_of(
    people: Sequence[User], applications: Sequence[Application], *, same_region: bool, on: date
) -> dict[tuple[int, int], str]:
    """(person, dossier) → why the person may not check it; nothing where they may.

    role: holds none of the roles; expert, scribe: took part in the review of the call; member,
    employer, share, kin, employment, work: tied to the firm by the rules that bar experts;
    region: acts for the place it is built in, or is at home there.
    """
    calls = {a.call_id for a in applications}
    sat = set(
        Seat.objects.filter(draw__call__in=calls, expert__user__in=people)
        .exclude(state=SeatState.DECLINED)
        .values_list("expert__user_id", "draw__call_id")
    )
    typed = set(
        Scribe.objects.filter(panel__call__in=calls, user__in=people).values_list(
            "user_id", "panel__call_id"
        )
    )
    ties = _ties(people, applications, same_region=same_region, on=on)
    found: dict[tuple[int, int], str] = {}
    for person in people:
        for dossier in applications:
            reason = _by_office(person, dossier, same_region=same_region)
            if (person.pk, dossier.call_id) in sat:
                reason = "expert"
            elif (person.pk, dossier.call_id) in typed:
                reason = "scribe"
            reason = reason or ties.get((person.pk, dossier.pk), "")
            if reason:
                found[person.pk, dossier.pk] = reason
    return found


def _by_office(person: User, dossier: Application, *, same_region: bool) -> str:
    if not has_any_role(person, *CHECKERS):
        return "role"
    if has_role(person, Role.REGIONAL_OFFICER) and dossier.region_id in covered_regions(person):
        return "region"
    if same_region and person.region_id is not None and person.region_id == dossier.region_id:
        return "region"
    return ""


def _ties(
    people: Sequence[User], applications: Sequence[Application], *, same_region: bool, on: date
) -> dict[tuple[int, int], str]:
    """Ties on record: of members past and present, and of whoever is or was in the expert pool."""
    firms = {a.firm_id for a in applications}
    members = set(
        Membership.objects.filter(
            Q(ended_at=None) | Q(ended_at__date__gte=ties_since(on)),
            user__in=people,
            organisation__in=firms,
        ).values_list("user_id", "organisation_id")
    )
    found = {
        (u.pk, a.pk): "member" for u in people for a in applications if (u.pk, a.firm_id) in members
    }
    pool = list(Expert.objects.filter(user__in=people).select_related("region"))
    known = conflicts_of(pool, applications, same_region=same_region, on=on) if pool else {}
    of_user = {expert.pk: expert.user_id for expert in pool}
    return {(of_user[e], a): reason for (e, a), reason in known.items()} | found


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
