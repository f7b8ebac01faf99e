"""Whom the firms of a call named who shall not review, and which experts of the pool they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call, CallStatus, Submission
from applications.named import Named, submitted
from audit.refusals import Refused, WrongState
from reviews import naming
from reviews.models import Draw, Expert, NamedDecision, Recusal
from reviews.rules import standing


@dataclass(frozen=True, slots=True)
class Match:
    """An expert who is, or may be, the person named; `decision` is the officer's last word."""

    expert: Expert
    certain: bool
    decision: NamedDecision | None

    @property
    def barred(self) -> bool:
        return self.certain or (self.decision is not None and self.decision.same)

    @property
    def undecided(self) -> bool:
        return not self.certain and self.decision is None


@dataclass(frozen=True, slots=True)
class Naming:
    """One person named for one dossier, with whoever of the pool has the name."""

    application: Application
    person: Named
    matches: tuple[Match, ...]


def with_named(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Each dossier with whom its latest submission names, as it keeps them, as `.named`."""
    latest = Submission.objects.filter(application=OuterRef("pk")).order_by("-version")
    return applications.annotate(named=Subquery(latest.values("content__commitment__named")[:1]))


def namings(applications: Sequence[Application], experts: Sequence[Expert]) -> list[Naming]:
    """Everybody named for these dossiers (`with_named`), by dossier, matched against these experts
    (with `user` and `employer` fetched). At most one query.
    """
    kept = {a.pk: a.named for a in applications}  # type: ignore[attr-defined]  # `with_named`
    named = {pk: submitted(rows) for pk, rows in kept.items() if rows}
    if not named:
        return []
    people = {e.pk: e for e in experts}
    known = naming.by_name(
        naming.Candidate(e.pk, e.user.name, e.employer.name) for e in people.values()
    )
    said = {
        (row.application_id, row.expert_id): row
        for row in NamedDecision.objects.filter(application__in=named).select_related("decided_by")
    }
    return [
        Naming(
            application,
            person,
            tuple(
                Match(people[c.expert], certain, said.get((application.pk, c.expert)))
                for c, certain in naming.matches(person, known)
            ),
        )
        for application in applications
        for person in named.get(application.pk, ())
    ]


def obstacle(call: Call, application: Application, match: Match) -> Refused | None:
    """Why nobody decides on this pair any more, whoever it is; None where an officer may."""
    if call.status != CallStatus.SCREENED:
        return WrongState(_("This is decided between the grouping and the draw."))
    if Draw.objects.filter(call=call).exclude(status="void").exists():
        return WrongState(_("The list of candidates is frozen; a supervisor voids the draw first."))
    if Recusal.objects.filter(expert=match.expert, application=application).exists():
        return WrongState(_("The expert is recused from this dossier since an earlier draw."))
    if match.certain:
        return WrongState(_("Name and employer agree: the expert is kept from this dossier."))
    return None


def barred_by_name(found: Iterable[Naming]) -> list[tuple[int, int]]:
    """(expert, application) of everybody kept away because the firm asked for it."""
    return [
        (match.expert.pk, row.application.pk)
        for row in found
        for match in row.matches
        if match.barred
    ]


def undecided_of(found: Iterable[Naming]) -> list[tuple[int, int]]:
    """(expert, application) that wait for an officer's word."""
    return [
        (match.expert.pk, row.application.pk)
        for row in found
        for match in row.matches
        if match.undecided
    ]


def undecided(call: Call, experts: Sequence[Expert]) -> list[tuple[int, int]]:
    """`undecided_of` as the call stands now."""
    return undecided_of(namings(list(with_named(standing(call)).order_by("number")), experts))
