"""现场核查: ordered by an officer between the ranking and the decision on the funding list."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Application, Call, CallStatus
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record, record_all
from notifications.services import Dispatch, notify_all
from reviews.models import OPEN_CHECKS, CheckState, SiteCheck, SiteChecker
from reviews.rules import require, require_apart
from reviews.selectors.rankings import latest
from reviews.selectors.site_checks import unsettled
from reviews.site_rules import LEAST, bars_of
from reviews.site_words import BARS

SHORTEST_REASON = 10
MOST_AT_ONCE = 50


@transaction.atomic
def order_checks(
    *,
    call: Call,
    applications: Sequence[Application],
    day: date,
    checkers: Sequence[User],
    reason: str,
    by: User,
) -> list[SiteCheck]:
    """Order a check of each dossier by the same people on the same day.

    Raises NotPermitted, WrongState outside of the time between ranking and decision, Invalid for
    fewer than two checkers, for one who is barred from a dossier, and for a day that is past.
    """
    require(by, Role.PROGRAMME_OFFICER)
    require_apart(by, call)
    call = lock_ranked(call.pk)
    people = list({person.pk: person for person in checkers}.values())
    _require_sense(day, people, reason)
    dossiers = _to_check(call, applications)
    _require_free(people, dossiers, call)
    rows = SiteCheck.objects.bulk_create(
        SiteCheck(
            application=dossier,
            day=day,
            reason=reason.strip(),
            ordered_by=by,
            ordered_at=clock.now(),
        )
        for dossier in dossiers
    )
    SiteChecker.objects.bulk_create(
        SiteChecker(site_check=row, user=person) for row in rows for person in people
    )
    record_all([_ordered(row, people, call, by) for row in rows])
    notify_all([*_to_checkers(rows, people), *_to_firms(rows)])
    return rows


def lock_ranked(call: int) -> Call:
    """The call, held; WrongState unless it is ranked and its funding list not decided."""
    locked = Call.objects.select_for_update().get(pk=call)
    if locked.status != CallStatus.RANKED:
        raise WrongState(
            _("Site checks belong between the ranking and the decision on the funding list.")
        )
    return locked


def lock_check(check: SiteCheck) -> SiteCheck:
    """The check, held, its call before it."""
    call = lock_ranked(check.application.call_id)
    row = (
        SiteCheck.objects.select_for_update(of=("self",))
        .select_related("application__firm", "application__region")
        .get(pk=check.pk)
    )
    row.application.call = call
    return row


def _require_sense(day: date, people: Sequence[User], reason: str) -> None:
    if len(people) < LEAST:
        raise Invalid(_("Name at least two people: a check is made by two."), field="checkers")
    if day < clock.today():
        raise Invalid(_("Choose today or a later day."), field="day")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")


def _to_check(call: Call, applications: Iterable[Application]) -> list[Application]:
    """The dossiers, of the call's ranking and without an open check, by number."""
    ranking = latest(call)
    wanted = {a.pk for a in applications}
    rows = (
        Application.objects.filter(pk__in=wanted, call=call, ranking_entries__ranking=ranking)
        .select_related("firm", "region", "region__reports_to", "call")
        .order_by("number")
    )
    found = list(rows)
    if not found or len(found) != len(wanted) or len(found) > MOST_AT_ONCE:
        raise Invalid(_("Choose dossiers of this ranking."), field="dossiers")
    held = SiteCheck.objects.filter(application__in=found, state__in=OPEN_CHECKS)
    taken = held.values_list("application__number", flat=True).first()
    if taken is not None:
        raise WrongState(
            _("A check of dossier %(number)s is under way already.") % {"number": taken}
        )
    return found


def _require_free(people: Sequence[User], dossiers: Sequence[Application], call: Call) -> None:
    """Nobody goes who took part in the review or has a tie to the firm."""
    bars = bars_of(
        people, dossiers, same_region=call.rule_set.exclude_same_region, on=clock.today()
    )
    names = {person.pk: person.name for person in people}
    numbers = {dossier.pk: dossier.number for dossier in dossiers}
    for (person, dossier), reason in bars.items():
        raise Invalid(
            _("%(person)s may not check dossier %(number)s: %(reason)s. Name somebody else.")
            % {"person": names[person], "number": numbers[dossier], "reason": BARS[reason]},
            field="checkers",
        )


def _ordered(row: SiteCheck, people: Sequence[User], call: Call, by: User) -> Entry:
    return Entry(
        action="sitecheck.order",
        obj=row,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        target=CheckState.ORDERED,
        reason=row.reason,
        after={
            "state": row.state,
            "day": row.day,
            "application": row.application.number,
            "checkers": sorted(person.username for person in people),
        },
        scope=call.number,
    )


def _to_checkers(rows: Sequence[SiteCheck], people: Sequence[User]) -> list[Dispatch]:
    return [
        Dispatch(
            kind="sitecheck.ordered",
            recipients=people,
            key=f"sitecheck.ordered:{row.pk}",
            context={"number": row.application.number or "", "day": row.day},
            url=f"/site-checks/{row.pk}/",
            about=row.application,
        )
        for row in rows
    ]


def _to_firms(rows: Sequence[SiteCheck]) -> list[Dispatch]:
    firms = members_by_firm({row.application.firm_id for row in rows}, Level.OWNER)
    return [
        Dispatch(
            kind="sitecheck.announced",
            recipients=firms.get(row.application.firm_id, []),
            key=f"sitecheck.announced:{row.pk}",
            context={"title": row.application.title, "day": row.day},
            url=f"/site-checks/{row.pk}/own/",
            about=row.application,
        )
        for row in rows
    ]


@transaction.atomic
def call_off(*, check: SiteCheck, reason: str, by: User) -> SiteCheck:
    """Call a check off for which no finding waits; the reason stays on record."""
    require(by, Role.PROGRAMME_OFFICER)
    row = lock_check(check)
    require_apart(by, row.application.call)
    if row.state != CheckState.ORDERED:
        raise WrongState(_("Only a check that nothing was recorded of can be called off."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    row.state, row.called_off_by, row.called_off_at = CheckState.CALLED_OFF, by, clock.now()
    row.called_off_reason = reason.strip()
    row.save(update_fields=["state", "called_off_by", "called_off_at", "called_off_reason"])
    record(
        action="sitecheck.call_off",
        obj=row,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        source=CheckState.ORDERED,
        target=row.state,
        reason=row.called_off_reason,
        after={"state": row.state},
        scope=row.application.call.number,
    )
    return row


def require_settled(call: Call) -> None:
    """Refuse a funding list while a check is open or the ranking has not taken in what was found.

    To be called with the call's row held, as checks are ordered and confirmed under it, too.
    """
    found = unsettled(call)
    if found.open_number:
        raise WrongState(
            _("The site check of dossier %(number)s is not finished. Wait for it, or call it off.")
            % {"number": found.open_number}
        )
    if found.outdated:
        raise WrongState(
            _("A site check has corrected figures since the ranking. Compute the ranking again.")
        )
