"""专家库: admitting experts and recording the ties that bar them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationKind, Region, User
from accounts.roles import Role
from accounts.rules import has_role
from accounts.services.firms import register_unit
from applications.models import Industry
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from reviews.models import Expert, ExpertInterest
from reviews.models.pool import Kind
from reviews.rules import require

INTERESTS = ("employment", "share", "kin", "work")


@dataclass(frozen=True, slots=True)
class NewEmployer:
    """An institution that is not registered yet."""

    name: str
    uscc: str


def _employer(given: Organisation | NewEmployer, region: Region, by: User) -> Organisation:
    """The employer; one that is new is registered as an institution of the expert's home region."""
    if isinstance(given, Organisation):
        return given
    known = Organisation.objects.filter(uscc=given.uscc).first()
    return known or register_unit(
        kind=OrganisationKind.INSTITUTION, name=given.name, uscc=given.uscc, region=region, by=by
    )


def _next_pseudonym(user: User) -> str:
    # One writer at a time, so that pseudonyms have no gaps and no doubles.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reviews.pseudonym'))")
    pool = Expert.objects.aggregate(last=Max("pseudonym"), own=Count("pk", filter=Q(user=user)))
    if pool["own"]:
        raise WrongState(_("The person is already in the pool."), field="user")
    return f"E{(int(pool['last'][1:]) if pool['last'] else 0) + 1:04d}"


def _check(kinds: Sequence[str], specialties: Sequence[str]) -> None:
    if not kinds or not set(kinds) <= set(Kind.values):
        raise Invalid(_("Choose at least one kind of expertise."), field="kinds")
    known = set(Industry.objects.values_list("code", flat=True))
    if not set(specialties) <= known:
        raise Invalid(
            _("Choose specialties from the catalogue of industries."), field="specialties"
        )


@transaction.atomic
def admit_expert(
    *,
    user: User,
    kinds: Sequence[str],
    specialties: Sequence[str],
    employer: Organisation | NewEmployer,
    region: Region,
    title: str = "",
    by: User,
) -> Expert:
    """Admit a person who holds the expert role to the pool, under the next pseudonym."""
    require(by, Role.PROGRAMME_OFFICER)
    # One admission of a person at a time.
    user = User.objects.select_for_update().get(pk=user.pk)
    if not has_role(user, Role.EXPERT):
        raise Invalid(_("The person does not hold the expert role yet."), field="user")
    _check(kinds, specialties)
    pseudonym = _next_pseudonym(user)
    expert = Expert.objects.create(
        user=user,
        kinds=list(kinds),
        specialties=list(specialties),
        employer=_employer(employer, region, by),
        region=region,
        title=title.strip(),
        pseudonym=pseudonym,
        admitted_at=clock.NOW,
    )
    record(
        action="expert.admit",
        obj=expert,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after=_facts(expert),
    )
    return expert


@transaction.atomic
def edit_expert(
    *,
    expert: Expert,
    kinds: Sequence[str],
    specialties: Sequence[str],
    employer: Organisation | NewEmployer,
    region: Region,
    title: str,
    active: bool,
    by: User,
) -> Expert:
    """Correct an expert's entry. Draws already prepared keep what they froze."""
    require(by, Role.PROGRAMME_OFFICER)
    _check(kinds, specialties)
    expert = (
        Expert.objects.select_for_update(of=("self",))
        .select_related("employer", "region", "user")
        .get(pk=expert.pk)
    )
    before = _facts(expert)
    expert.kinds, expert.specialties = list(kinds), list(specialties)
    expert.employer, expert.region = _employer(employer, region, by), region
    expert.title, expert.active = title.strip(), active
    expert.save(update_fields=["kinds", "specialties", "employer", "region", "title", "active"])
    record(
        action="expert.edit",
        obj=expert,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        before=before,
        after=_facts(expert),
    )
    return expert


def _facts(expert: Expert) -> dict[str, object]:
    """What the log keeps of an entry."""
    return {
        "kinds": expert.kinds,
        "specialties": expert.specialties,
        "employer": expert.employer.uscc,
        "region": expert.region.code,
        "active": expert.active,
    }


@transaction.atomic
def record_interest(
    *,
    expert: Expert,
    organisation: Organisation,
    kind: str,
    since: date | None = None,
    until: date | None = None,
    by: User,
) -> ExpertInterest:
    """Record a tie to an organisation: by the expert about themselves, or by the office."""
    if expert.user_id != by.pk:
        require(by, Role.PROGRAMME_OFFICER)
    if kind not in INTERESTS:
        raise Invalid(_("Choose what ties the expert to the organisation."), field="kind")
    if since and until and until < since:
        raise Invalid(_("The end lies before the beginning."), field="until")
    interest, created = ExpertInterest.objects.get_or_create(
        expert=expert,
        organisation=organisation,
        kind=kind,
        defaults={"since": since, "until": until, "recorded_at": clock.now()},
    )
    if created:
        record(
            action="expert.interest",
            obj=expert,
            by=by,
            after={"organisation": organisation.uscc, "kind": kind},
        )
    return interest
