"""What a draw is made of, read from the rows: its input, its grounds, its shortages."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
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
from reviews.draw import matched, pool, protocol, supply
from reviews.draw.entities import BARRED
from reviews.models import Draw, Expert, Panel, Recusal
from reviews.rules import acted_otherwise, conflicts_of, standing
from reviews.selectors.naming import barred_by_name, namings, undecided_of, with_named

NAMED = "named"  # the ground of a pair that the applicant asked to keep apart (申请回避)


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
    for row in with_named(standing(call)).select_related("region", "industry", "place__panel"):
        panel = row.place.panel
        panels.setdefault(panel.number, panel)
        dossiers[panel.number].append(row)
    return basis_of(call, list(panels.values()), dossiers, on)


def draw_input(
    basis: Basis, number: str, salt: str, public: PublicValue = PublicValue()
) -> dict[str, Any]:
    """The canonical input of a draw: pseudonyms and hashes, no names.

    An institution is SM3("salt:uscc"): without the salt nobody can try the codes of all
    institutions. Nor does a pair that is kept apart say why: the firm may have asked for it. The
    grounds (`grounds_of`) are bound by one salted digest. Raises WrongState when no draw can stand
    on it.
    """
    if not basis.panels:
        raise WrongState(_("Form the panels first; a draw comes before the review opens."))
    grounds = grounds_of(basis)
    try:
        return pool.build(
            draw=number,
            call=basis.call.number,
            panels=[_panel(panel, basis) for panel in basis.panels],
            experts=[_expert(expert, basis, salt) for expert in basis.experts],
            recusals=[pool.Recusal(g["expert"], g["application"], BARRED) for g in grounds],
            grounds=protocol.grounds_digest(salt, grounds),
            rules=_rules(basis.rules, public),
            matching=_matching(basis),
        )
    except pool.InputError as error:
        raise WrongState(
            _("No draw can stand on these panels: %(why)s.") % {"why": error}
        ) from error


def _panel(panel: Panel, basis: Basis) -> pool.Panel:
    return pool.Panel(
        id=str(panel.number),
        applications=tuple(one.number or "" for one in basis.dossiers[panel.number]),
        seats=()
        if basis.rules.by_application
        else tuple(
            pool.Seat(s["id"], s["kind"], s["specialty"], s["count"]) for s in panel.seats_wanted
        ),
        alternates=basis.rules.alternates,
    )


def _matching(basis: Basis) -> pool.Matching | None:
    """What a matching is asked for; None where experts are drawn by panels."""
    rules = basis.rules
    if not rules.by_application:
        return None
    judged = [one for listed in basis.dossiers.values() for one in listed]
    industries = {a.number or "": a.industry.code if a.industry else "" for a in judged}
    return pool.Matching(rules.panel_size, rules.most_dossiers, rules.match, industries)


def _expert(expert: Expert, basis: Basis, salt: str) -> pool.Expert:
    return pool.Expert(
        id=expert.pseudonym,
        kinds=tuple(expert.kinds),
        specialties=tuple(expert.specialties),
        institution=institution_hash(salt, expert.employer.uscc),
        region=expert.region.code,
        max_panels=basis.rules.max_panels,
    )


def grounds_of(basis: Basis) -> list[dict[str, str]]:
    """Why each pair is barred, in the order of the input: {"expert", "application", "ground"}."""
    pseudonyms = {e.pk: e.pseudonym for e in basis.experts}
    numbers = {a.pk: a.number or "" for listed in basis.dossiers.values() for a in listed}
    rows = sorted(
        (pseudonyms[expert], numbers[application], ground)
        for (expert, application), ground in basis.barred.items()
    )
    return [{"expert": e, "application": a, "ground": g} for e, a, g in rows]


def grounds_hold(draw: Draw) -> bool:
    """Whether the grounds beside a draw are those that its input binds."""
    digest = protocol.grounds_digest(draw.salt, draw.grounds)
    return bool(draw.input.get("grounds") == digest)


def _rules(rules: CallRules, public: PublicValue) -> pool.Rules:
    return pool.Rules(
        one_per_institution=not rules.by_application,  # a matching knows no such rule
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
    read = pool.read(draw_input(basis, f"{basis.call.number}-D0", token_hex(32)))
    grounds = grounds_of(basis)
    named = {(g["expert"], g["application"]) for g in grounds if g["ground"] == NAMED}
    return short_of(read, named)


def short_of(
    people: pool.Pool, named: Collection[tuple[str, str]] = ()
) -> tuple[supply.Shortage, ...]:
    """The seats, or in a matching the applications, that cannot be filled."""
    report = matched.supply if people.matching else supply.supply
    return report(people, named)


def supply_report(call: Call) -> tuple[supply.Shortage, ...]:
    """`shortages` as the call stands now."""
    return shortages(standing_basis(call, clock.today()))
