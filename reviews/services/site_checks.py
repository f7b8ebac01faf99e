"""现场核查: ordered by an officer between the ranking and the decision on the funding list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Application, Call, CallStatus
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record, record_all
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from reviews.models import OPEN_CHECKS, CheckState, Ranking, SiteCheck, SiteChecker, SiteFinding
from reviews.rules import require, require_apart
from reviews.selectors.site_standing import unsettled
from reviews.site_rules import LEAST, bar_of, looked_up
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
    call, now = lock_ranked(call.pk)
    people = looked_up({person.pk for person in checkers}, call, day_of(now))
    _require_sense(day, people, reason, day_of(now))
    dossiers = _to_check(call, applications)
    _require_free(people, dossiers, same_region=call.rule_set.exclude_same_region)
    rows = SiteCheck.objects.bulk_create(
        SiteCheck(
            application=dossier,
            day=day,
            reason=reason.strip(),
            ordered_by=by,
            ordered_at=now,
        )
        for dossier in dossiers
    )
    SiteChecker.objects.bulk_create(
        SiteChecker(site_check=row, user=person) for row in rows for person in people
    )
    record_all([_ordered(row, people, call, by) for row in rows])
    notify_all([*_to_checkers(rows, people), *_to_firms(rows)])
    return rows


OUT_OF_TIME = _("Site checks belong between the ranking and the decision on the funding list.")


def lock_ranked(call: int) -> tuple[Call, datetime]:
    """The call, held, and the instant; WrongState unless it is ranked and nothing is decided."""
    locked = Call.objects.select_for_update().annotate(now=clock.NOW).get(pk=call)
    if locked.status != CallStatus.RANKED:
        raise WrongState(OUT_OF_TIME)
    return locked, locked.now


def lock_check(check: SiteCheck) -> Any:
    """The check and its call, held at once; WrongState as above. With `.now`, when it was asked
    for, and `.last_version` of its findings.
    """
    last = SiteFinding.objects.filter(site_check=OuterRef("pk")).order_by("-version")
    row = (
        SiteCheck.objects.select_for_update(of=("self", "application__call"))
        .select_related("application__call", "application__firm", "application__region__reports_to")
        .annotate(now=clock.NOW, last_version=Subquery(last.values("version")[:1]))
        .get(pk=check.pk)
    )
    if row.application.call.status != CallStatus.RANKED:
        raise WrongState(OUT_OF_TIME)
    return row


def _require_sense(day: date, people: Sequence[User], reason: str, today: date) -> None:
    if len(people) < LEAST:
        raise Invalid(_("Name at least two people: a check is made by two."), field="checkers")
    if day < today:
        raise Invalid(_("Choose today or a later day."), field="day")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")


def _to_check(call: Call, applications: Iterable[Application]) -> list[Application]:
    """The dossiers, of the call's ranking and without an open check, by number."""
    stands = Ranking.objects.filter(call=call).order_by("-version").values("pk")[:1]
    held = SiteCheck.objects.filter(application=OuterRef("pk"), state__in=OPEN_CHECKS)
    wanted = {a.pk for a in applications}
    found: list[Any] = list(
        Application.objects.filter(
            pk__in=wanted, call=call, ranking_entries__ranking=Subquery(stands)
        )
        .select_related("firm", "region__reports_to")
        .annotate(under_way=Exists(held))
        .order_by("number")
    )
    if not found or len(found) != len(wanted) or len(found) > MOST_AT_ONCE:
        raise Invalid(_("Choose dossiers of this ranking."), field="dossiers")
    for dossier in found:
        if dossier.under_way:
            raise WrongState(
                _("A check of dossier %(number)s is under way already.")
                % {"number": dossier.number}
            )
    return found


def _require_free(
    people: Sequence[User], dossiers: Sequence[Application], *, same_region: bool
) -> None:
    """Nobody goes who took part in the review or has a tie to the firm."""
    for person, dossier in product(people, dossiers):
        reason = bar_of(person, dossier, same_region=same_region)
        if reason:
            raise Invalid(
                _("%(person)s may not check dossier %(number)s: %(reason)s. Name somebody else.")
                % {"person": person.name, "number": dossier.number, "reason": BARS[reason]},
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
    held = lock_check(check)
    row: SiteCheck = held
    require_apart(by, row.application.call)
    if row.state != CheckState.ORDERED:
        raise WrongState(_("Only a check that nothing was recorded of can be called off."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    row.state, row.called_off_by, row.called_off_at = CheckState.CALLED_OFF, by, held.now
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
