"""What a draw is made of, read from the rows: its input, its shortages, its replacements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONArray
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.call_rules import CallRules
from applications.models import Application, Call
from audit import clock
from audit.digests import instant, sm3
from audit.refusals import WrongState
from reviews.draw import assignment, pool, replacement, supply
from reviews.draw.entities import NAMED
from reviews.models import Draw, Expert, Panel, Recusal, Seat, SeatState
from reviews.rules import acted_otherwise, conflicts_of, standing
from reviews.selectors.naming import barred_by_name, namings, undecided_of, with_named


@dataclass(frozen=True)
class PublicValue:
    """A value named beforehand, and from when it can be known; empty for none."""

    source: str = ""
    known_from: datetime | None = None


def institution_hash(salt: str, uscc: str) -> str:
    """SM3("salt:uscc"), hex: the same employer, the same hash."""
    return sm3(f"{salt}:{uscc}".encode())


def open_institution(draw: Draw, digest: str) -> Organisation | None:
    """The employer behind a hash of the draw's input, for an auditor; None when there is none.

    Also one that has left the pool since, or whom an expert has left.
    """
    for organisation in Organisation.objects.order_by("pk").iterator():
        if institution_hash(draw.salt, organisation.uscc) == digest.strip().lower():
            return organisation
    return None


def candidates(call: Call) -> list[Expert]:
    """Whoever may be drawn for the call, by pseudonym, each with `.recused`: (dossier's id, how it
    was found) of every recusal on record in the call.
    """
    own = Recusal.objects.filter(panel__call=call, expert=OuterRef("pk")).order_by("pk")
    return list(
        Expert.objects.filter(active=True, user__in=users_with_role(Role.EXPERT))
        .exclude(user__in=acted_otherwise(call))
        .annotate(recused=ArraySubquery(own.values(kept=JSONArray("application_id", "found"))))
        .select_related("user", "region", "employer")
        .order_by("pseudonym")
    )


@dataclass(frozen=True)
class Basis:
    """What a draw of a call stands on: its panels, the dossiers of each by the panel's number,
    whom it may draw, and the pairs (expert, dossier) it keeps apart, each with why.
    """

    call: Call
    rules: CallRules
    panels: Sequence[Panel]
    dossiers: Mapping[int, Sequence[Application]]
    experts: Sequence[Expert]
    barred: Mapping[tuple[int, int], str]
    undecided: Sequence[tuple[int, int]]  # pairs that may be what a firm asked to keep apart


def basis_of(
    call: Call, panels: Sequence[Panel], dossiers: Mapping[int, Sequence[Application]], on: date
) -> Basis:
    """The basis with these panels, stored or not, on a day; the dossiers are `with_named`. At most
    three queries.
    """
    experts = candidates(call)
    applications = [one for listed in dossiers.values() for one in listed]
    rules = call.rule_set
    barred = conflicts_of(experts, applications, same_region=rules.exclude_same_region, on=on)
    named = namings(applications, experts)
    for pair in barred_by_name(named):
        barred.setdefault(pair, NAMED)
    judged = {a.pk for a in applications}
    for expert in experts:
        for application, found in expert.recused:  # type: ignore[attr-defined]  # of a voided draw
            if application in judged:
                barred.setdefault((expert.pk, application), found)
    return Basis(call, rules, panels, dossiers, experts, barred, undecided_of(named))


def standing_basis(call: Call, on: date) -> Basis:
    """The basis as it stands now; a panel whose dossiers are all withdrawn is left out."""
    panels: dict[int, Panel] = {}
    dossiers: dict[int, list[Application]] = defaultdict(list)
    for row in with_named(standing(call)).select_related("region", "place__panel"):
        panel = row.place.panel
        panels.setdefault(panel.number, panel)
        dossiers[panel.number].append(row)
    return basis_of(call, list(panels.values()), dossiers, on)


def draw_input(
    basis: Basis, number: str, salt: str, public: PublicValue = PublicValue()
) -> dict[str, Any]:
    """The canonical input of a draw: pseudonyms and hashes, no names.

    An institution is SM3("salt:uscc"): without the salt nobody can try the codes of all
    institutions. Raises WrongState when no draw can stand on it.
    """
    if not basis.panels:
        raise WrongState(_("Form the panels first; a draw comes before the review opens."))
    try:
        return pool.build(
            draw=number,
            call=basis.call.number,
            panels=[_panel(panel, basis) for panel in basis.panels],
            experts=[_expert(expert, basis, salt) for expert in basis.experts],
            recusals=_recusals(basis),
            rules=_rules(basis.rules, public),
        )
    except pool.InputError as error:
        raise WrongState(
            _("No draw can stand on these panels: %(why)s.") % {"why": error}
        ) from error


def _panel(panel: Panel, basis: Basis) -> pool.Panel:
    return pool.Panel(
        id=str(panel.number),
        applications=tuple(one.number or "" for one in basis.dossiers[panel.number]),
        seats=tuple(
            pool.Seat(s["id"], s["kind"], s["specialty"], s["count"]) for s in panel.seats_wanted
        ),
        alternates=basis.rules.alternates,
    )


def _expert(expert: Expert, basis: Basis, salt: str) -> pool.Expert:
    return pool.Expert(
        id=expert.pseudonym,
        kinds=tuple(expert.kinds),
        specialties=tuple(expert.specialties),
        institution=institution_hash(salt, expert.employer.uscc),
        region=expert.region.code,
        max_panels=basis.rules.max_panels,
    )


def _recusals(basis: Basis) -> list[pool.Recusal]:
    pseudonyms = {e.pk: e.pseudonym for e in basis.experts}
    numbers = {a.pk: a.number or "" for listed in basis.dossiers.values() for a in listed}
    return [
        pool.Recusal(pseudonyms[expert], numbers[application], reason)
        for (expert, application), reason in basis.barred.items()
    ]


def _rules(rules: CallRules, public: PublicValue) -> pool.Rules:
    return pool.Rules(
        one_per_institution=True,
        max_single_recusals_percent=rules.max_single_recusals_percent,
        min_scores=rules.min_scores,
        public_entropy=public.source,
        public_entropy_from=instant(public.known_from) if public.known_from else "",
    )


def build_input(call: Call, number: str, salt: str) -> dict[str, Any]:
    """The canonical input of a draw of this call as it stands now. Raises WrongState."""
    return draw_input(standing_basis(call, clock.today()), number, salt)


def shortages(basis: Basis) -> tuple[supply.Shortage, ...]:
    """Which seats cannot be filled, and why; empty when every seat can."""
    return supply.supply(pool.read(draw_input(basis, f"{basis.call.number}-D0", token_hex(32))))


def supply_report(call: Call) -> tuple[supply.Shortage, ...]:
    """`shortages` as the call stands now."""
    return shortages(standing_basis(call, clock.today()))


def seated_of(draw: Draw) -> tuple[assignment.Seated, ...]:
    """The drawn result as the pure module's rows."""
    return tuple(
        assignment.Seated(r["panel"], r["seat"], r["expert"], r["rank"]) for r in draw.result
    )


def vacated(draw: Draw) -> QuerySet[Seat]:
    """The seats given up since the draw, in the order in which they were replaced."""
    return (
        Seat.objects.filter(
            draw=draw,
            state__in=(SeatState.DECLINED, SeatState.REPLACED),
            answered_at__isnull=False,
        )
        .select_related("panel", "expert")
        .order_by("answered_at", "pk")
    )


def replacements_of(
    draw: Draw, left: Iterable[Seat] | None = None
) -> list[replacement.Replacement]:
    """Every seat given up since the draw, in order, with who follows and what became known till
    then.

    The last one answers who follows a seat that was vacated just now. `left` are the vacated seats
    if they are read already.
    """
    people, seed, seated = pool.read(draw.input), bytes.fromhex(draw.seed), seated_of(draw)
    history: list[replacement.Replacement] = []
    later = _later_recusals(draw)
    for row in vacated(draw) if left is None else left:
        assert row.answered_at is not None
        known = [r for at, r in later if at <= row.answered_at]
        later = [(at, r) for at, r in later if at > row.answered_at]
        history.append(
            replacement.replace(
                people,
                seed,
                seated,
                history,
                str(row.panel.number),
                row.code.rpartition(".")[0],
                row.expert.pseudonym,
                row.state,
                known,
            )
        )
    return history


@dataclass(frozen=True)
class Follower:
    """Who would follow on a seat, and the numbers of the dossiers they are barred from."""

    expert: str
    barred: frozenset[str]


def followers(draw: Draw, seats: Iterable[Seat]) -> dict[int, Follower]:
    """For each of the draw's seats, by its id, who would follow if it alone were vacated now; a
    seat on which nobody would is left out. Two queries, whatever the numbers.
    """
    if not draw.result:
        return {}
    people, seed, seated = pool.read(draw.input), bytes.fromhex(draw.seed), seated_of(draw)
    history = replacements_of(draw)
    told = {recusal for step in history for recusal in step.recusals}
    later = [recusal for _at, recusal in _later_recusals(draw)]
    known = [recusal for recusal in later if recusal not in told]
    found = {}
    for seat in seats:
        place = str(seat.panel.number), seat.code.rpartition(".")[0], seat.expert.pseudonym
        step = replacement.replace(people, seed, seated, history, *place, seat.state, known)
        if step.replaced_by is not None:
            recusals = [r for r in (*people.recusals, *later) if r.expert == step.replaced_by]
            found[seat.pk] = Follower(step.replaced_by, frozenset(r.application for r in recusals))
    return found


def _later_recusals(draw: Draw) -> list[tuple[Any, pool.Recusal]]:
    """(when, recusal) of what the frozen input did not know, oldest first."""
    frozen = {(r["expert"], r["application"]) for r in draw.input["recusals"]}
    rows = (
        Recusal.objects.filter(panel__call=draw.call_id, recorded_at__gte=draw.drawn_at)
        .order_by("recorded_at", "pk")
        .values_list("recorded_at", "expert__pseudonym", "application__number", "found")
    )
    return [
        (at, pool.Recusal(expert, number or "", found))
        for at, expert, number, found in rows
        if (expert, number) not in frozen
    ]


def standby_of(
    draw: Draw, history: list[replacement.Replacement]
) -> dict[tuple[str, str], list[replacement.Standby]]:
    """(panel, seat id) → who stands by after these replacements, in the order in which they would
    be asked.
    """
    found: dict[tuple[str, str], list[replacement.Standby]] = defaultdict(list)
    gone = {step.expert for step in history}
    now = replacement.current(seated_of(draw), history)
    for row in replacement.alternates(pool.read(draw.input), bytes.fromhex(draw.seed), now):
        if row.expert not in gone:
            found[row.panel, row.seat].append(row)
    return found
