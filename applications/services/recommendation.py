"""Regional check and ranked recommendation within a quota (县市初审推荐)."""

from datetime import date

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, RoleGrant, User
from accounts.roles import Role
from accounts.rules import covered_regions, forget
from accounts.selectors import users_with_role
from applications.models import Application, Call, CallStatus, Recommendation, RegionalCheck
from applications.selectors.recommendation import line_of, offices_for, quota_used
from applications.services import lifecycle
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, NotVisible, TooLate, WrongState
from audit.services import record
from notifications.services import enqueue_all, notify

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
    *, call: Call, region: Region, ordered: list[Application], letter_no: str, by: User
) -> list[Recommendation]:
    """Recommend dossiers in this order, by one joint letter; later lists follow earlier ranks.

    Refuses: a region that is not the officer's own; dossiers outside its reporting line, not
    submitted, not checked in their present version, found untruthful or not agreed with finance;
    more than the quota, of the region or of the prefecture it reports to.
    """
    _own_office(region, by)
    letter = letter_no.strip()
    if not 4 <= len(letter) <= 80:
        raise Invalid(
            _("Give the number of the joint letter, from 4 to 80 characters."), "letter_no"
        )
    if call.status != CallStatus.PUBLISHED:
        raise TooLate(_("This call no longer takes recommendations."))
    line = _locked_line(region)
    rows = _locked_dossiers(call, ordered, {r.pk for r in line})
    _within_quota(call, region, len(rows))
    now = clock.now()
    last = Recommendation.objects.filter(call=call, region=region).aggregate(n=Max("rank"))["n"]
    made = Recommendation.objects.bulk_create(
        Recommendation(
            application=application,
            call=call,
            region=region,
            rank=rank,
            letter_no=letter,
            recommended_by=by,
            recommended_at=now,
        )
        for rank, application in enumerate(rows, start=(last or 0) + 1)
    )
    _advance(made, by)
    _tell_office(call, region, made)
    return made


def _tell_office(call: Call, region: Region, rows: list[Recommendation]) -> None:
    notify(
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


def _own_office(region: Region, by: User) -> None:
    own = RoleGrant.objects.live().filter(user=by, role=Role.REGIONAL_OFFICER, region=region)
    if not by.is_active or not own.exists():
        raise NotPermitted(_("You may recommend only for the region your role was granted for."))


def _locked_line(region: Region) -> list[Region]:
    """The reporting line, its rows locked so that two lists cannot overfill one quota."""
    above = [office.pk for office in offices_for(region) if office != region]
    rows = Region.objects.select_for_update(no_key=True, of=("self",)).filter(
        Q(pk__in=line_of(region).values("pk")) | Q(pk__in=above)
    )
    return [r for r in rows.order_by("pk") if r.pk not in above]


def _locked_dossiers(call: Call, ordered: list[Application], line: set[int]) -> list[Application]:
    keys = [a.pk for a in ordered]
    if not keys:
        raise Invalid(_("Choose at least one dossier to recommend."), "ordered")
    if len(set(keys)) != len(keys):
        raise Invalid(_("A dossier stands twice in the list. Give each one place."), "ordered")
    found = {
        a.pk: a
        for a in Application.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, call=call)
        .select_related("firm", "region", "call")
        .prefetch_related("submissions")
        .order_by("pk")
    }
    if len(found) != len(keys) or any(a.region_id not in line for a in found.values()):
        raise NotVisible
    checks = {c.application_id: c for c in RegionalCheck.objects.filter(application__in=keys)}
    for application in found.values():
        _ready(application, checks.get(application.pk))
    return [found[key] for key in keys]


def _ready(application: Application, check: RegionalCheck | None) -> None:
    values = {"number": application.number}
    if application.status != Status.SUBMITTED:
        raise WrongState(
            _("%(number)s is no longer waiting for recommendation. Open the list again.") % values
        )
    latest = max(application.submissions.all(), key=lambda s: s.version)
    if check is None or check.submission_id != latest.pk:
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


def _within_quota(call: Call, region: Region, more: int) -> None:
    rules = call.rule_set
    for office in offices_for(region):
        quota = rules.quota(office.code)
        used = quota_used(call, office)
        if used + more > quota:
            raise Invalid(
                _(
                    "%(region)s may recommend %(quota)s dossiers; %(used)s are recommended already "
                    "and this list has %(more)s. Take %(over)s off the list."
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
    for row, moved in zip(made, lifecycle.advance_all(moves, by=by), strict=True):
        row.application = moved
    enqueue_all(
        task="applications.tasks.run_checks",
        payloads={
            f"checks:{row.application_id}": {"application": row.application_id} for row in made
        },
    )
