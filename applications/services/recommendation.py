"""Regional check and ranked recommendation within a quota (县市初审推荐)."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Region, RoleGrant, User
from accounts.roles import Role
from accounts.rules import covered_regions, forget
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus, Recommendation, RegionalCheck
from applications.selectors.recommendation import latest_submission, line_of, offices_for
from applications.selectors.recommendation import places as places_of
from applications.services import lifecycle
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from audit.services import record
from notifications.services import Dispatch, enqueue_all

MIN_OPINION = 10
MAX_TEXT = 4000


def _handled(application: Application, by: User) -> None:
    """Whoever is outside the dossier's reporting line may not know of it."""
    forget(by)
    if application.region_id not in covered_regions(by):
        raise NotVisible


def _reason(text: str, field: str) -> str:
    kept = text.strip()
    if not MIN_OPINION <= len(kept) <= MAX_TEXT:
        raise Invalid(_("Write from 10 to 4,000 characters."), field)
    return kept


@transaction.atomic
def check_dossier(
    *,
    application: Application,
    site_visited_on: date | None,
    truthful: bool,
    finance_agrees: bool,
    opinion: str,
    by: User,
) -> RegionalCheck:
    """Record what the region found; again after a correction, for the version then in force.

    Refuses outside the reporting line, in any state but submitted, and a visit in the future.
    """
    locked = lifecycle.lock(application)
    _handled(locked, by)
    if locked.status != Status.SUBMITTED:
        raise WrongState(_("Only a submitted dossier can be checked by the region."))
    kept = _reason(opinion, "opinion")
    if site_visited_on is not None and site_visited_on > clock.today():
        raise Invalid(_("A site visit cannot lie in the future."), "site_visited_on")
    before = RegionalCheck.objects.filter(application=locked).values(*_CHECKED).first()
    check, _new = RegionalCheck.objects.update_or_create(
        application=locked,
        defaults={
            "submission": locked.submissions.latest("version"),
            "site_visited_on": site_visited_on,
            "truthful": truthful,
            "finance_agrees": finance_agrees,
            "opinion": kept,
            "checked_by": by,
            "checked_at": clock.now(),
        },
    )
    record(
        action="recommendation.check",
        obj=locked,
        by=by,
        before=before,
        after={name: getattr(check, name) for name in _CHECKED},
        scope=locked.call.number,
    )
    return check


_CHECKED = ("submission_id", "site_visited_on", "truthful", "finance_agrees", "opinion")


@transaction.atomic
def not_recommend(*, application: Application, reason: str, by: User) -> Application:
    """Leave a dossier out of the recommendation, with the reason the firm is told."""
    locked = lifecycle.lock(application)
    _handled(locked, by)
    kept = _reason(reason, "reason")
    return lifecycle.advance(application=locked, step="not_recommend", by=by, reason=kept)


@transaction.atomic
def set_recommendation(
    *, call: Call, region: Region, ordered: list[int], letter_no: str, by: User
) -> list[Recommendation]:
    """Recommend dossiers, by their ids in this order, by one joint letter; later lists follow
    earlier ranks.

    Refuses: a region that is not the officer's own; dossiers outside its reporting line, not
    submitted, not checked in their present version, found untruthful or not agreed with finance;
    more than the quota, of the region or of the prefecture it reports to.
    """
    letter = letter_no.strip()
    line = _locked_line(region, by)
    if not 4 <= len(letter) <= 80:
        raise Invalid(
            _("Give the number of the joint letter, from 4 to 80 characters."), "letter_no"
        )
    if call.status != CallStatus.PUBLISHED:
        raise TooLate(_("This call no longer takes recommendations."))
    rows = _locked_dossiers(call, ordered, line)
    last = _within_quota(call, region, len(rows))
    made = Recommendation.objects.bulk_create(
        Recommendation(
            application=application,
            call=call,
            region=region,
            rank=rank,
            letter_no=letter,
            recommended_by=by,
        )
        for rank, application in enumerate(rows, start=last + 1)
    )
    _advance(made, by)
    return made


def _to_office(call: Call, region: Region, rows: list[Recommendation]) -> Dispatch:
    return Dispatch(
        kind="call.recommended",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"recommendation:{rows[0].pk}",
        context={
            "region": region,
            "count": len(rows),
            "call": call,
            "letter": rows[0].letter_no,
        },
        url=f"{reverse('applications:screening')}?call={call.number}",
        about=call,
    )


def _locked_line(region: Region, by: User) -> set[int]:
    """The ids of the reporting line, its rows locked so that two lists cannot overfill one quota.

    NotPermitted when the region is not the officer's own.
    """
    own = RoleGrant.objects.live().filter(
        user=by, role=Role.REGIONAL_OFFICER, region=OuterRef("pk")
    )
    above = [office.pk for office in offices_for(region) if office != region]
    rows = (
        Region.objects.select_for_update(no_key=True, of=("self",))
        .filter(Q(pk__in=line_of(region).values("pk")) | Q(pk__in=above))
        .annotate(own=Exists(own))
        .order_by("pk")
    )
    if not by.is_active or not any(row.own for row in rows if row.pk == region.pk):
        raise NotPermitted(_("You may recommend only for the region your role was granted for."))
    return {row.pk for row in rows} - set(above)


def _locked_dossiers(call: Call, keys: list[int], line: set[int]) -> list[Application]:
    if not keys:
        raise Invalid(_("Choose at least one dossier to recommend."), "ordered")
    if len(set(keys)) != len(keys):
        raise Invalid(_("A dossier stands twice in the list. Give each one place."), "ordered")
    found = lifecycle.lock_all(keys)
    if any(row.call_id != call.pk or row.region_id not in line for row in found):
        raise NotVisible
    # Asked apart, once the rows are held: their versions and checks change under the same lock.
    checks = RegionalCheck.objects.filter(application__in=keys).annotate(
        latest=latest_submission("application")
    )
    by_dossier = {check.application_id: check for check in checks}
    for application in found:
        _ready(application, by_dossier.get(application.pk))
    return found


def _ready(application: Application, check: RegionalCheck | None) -> None:
    values = {"number": application.number}
    if application.status != Status.SUBMITTED:
        raise WrongState(
            _("%(number)s is no longer waiting for recommendation. Open the list again.") % values
        )
    if check is None or check.submission_id != check.latest:  # type: ignore[attr-defined]  # annotated
        raise WrongState(
            _("%(number)s has not been checked in its present version. Check it first.") % values
        )
    if not (check.truthful and check.finance_agrees):
        raise WrongState(
            _(
                "%(number)s was found untruthful or without the finance department's consent: it "
                "cannot be recommended."
            )
            % values
        )


def _within_quota(call: Call, region: Region, more: int) -> int:
    """The last place given so far, when so many more are within every quota."""
    rules, places = call.rule_set, places_of(call, region)
    for office in offices_for(region):
        quota, used = rules.quota(office.code), places.used[office.pk]
        if used + more > quota:
            raise Invalid(
                ngettext_lazy(
                    "%(region)s may recommend %(quota)s dossier; recommended already: %(used)s, "
                    "on this list: %(more)s. Take %(over)s off the list.",
                    "%(region)s may recommend %(quota)s dossiers; %(used)s are recommended "
                    "already and this list has %(more)s. Take %(over)s off the list.",
                    quota,
                )
                % {
                    "region": office,
                    "quota": quota,
                    "used": used,
                    "more": more,
                    "over": used + more - quota,
                },
                "ordered",
            )
    return places.last


def _advance(made: list[Recommendation], by: User) -> None:
    """Take every dossier that has got its place to the province, and have it checked there."""
    moves = [
        lifecycle.Move(
            application=row.application,
            step="recommend",
            after={"rank": row.rank, "region": row.region.code, "letter_no": row.letter_no},
            context={"rank": row.rank, "region": row.region, "letter": row.letter_no},
        )
        for row in made
    ]
    moved = lifecycle.advance_held(moves, by=by)
    lifecycle.tell_firms(moved, _to_office(made[0].call, made[0].region, made))
    enqueue_all(
        task="applications.tasks.run_checks",
        payloads={
            f"checks:{row.application_id}": {"application": row.application_id} for row in made
        },
    )
