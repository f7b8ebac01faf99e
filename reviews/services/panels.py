"""评审分组: forming panels, moving dossiers, the seats each panel wants; all before the draw."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus, Industry
from applications.services.call_steps import advance_call_held
from applications.workflow import Status
from audit.digests import canonical
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record, record_all
from calendars.wording import day_of
from reviews import grouping
from reviews.draw import supply
from reviews.models import Panel, PanelApplication
from reviews.rules import require
from reviews.selectors import draws as reading
from reviews.selectors.naming import with_named
from reviews.services.panel_rows import Stands, dissolve, lay_out, lock_call, rename
from reviews.services.panel_seats import checked, default_seats, technology_experts

SHORTEST_REASON = 4


@transaction.atomic
def form_panels(
    *,
    call: Call,
    smallest: int = grouping.SMALLEST,
    largest: int = grouping.LARGEST,
    by: User,
) -> list[Panel]:
    """Group every eligible dossier of a call into panels of kindred industries, `smallest` to
    `largest` dossiers each as far as can be; replaces panels formed before the draw.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call, stands = lock_call(call)
    if not 1 <= smallest <= largest <= 60:
        raise Invalid(
            _("Enter the smallest size, then the largest, from 1 to 60."), field="largest"
        )
    applications = _eligible(call, stands)
    if stands.drawn:
        # What was drawn stays on record with its panels; dossiers are dealt out within them.
        raise WrongState(
            _("A draw was made on these panels and voided. Move single dossiers instead.")
        )
    dissolve(stands.panels)
    groups = grouping.group(_blocks(applications), smallest=smallest, largest=largest)
    panels = _panels(call, groups, applications, stands.now, by)
    by_pk = {a.pk: a for a in applications}
    dossiers = {n: [by_pk[pk] for pk in g.dossiers] for n, g in enumerate(groups, start=1)}
    relaxed = _relax_scarce_seats(
        reading.basis_of(call, panels, dossiers, day_of(stands.now)), panels
    )
    lay_out(panels, dossiers)
    formed = Entry(
        action="panels.form",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"panels": len(panels), "dossiers": len(applications), "relaxed": relaxed},
        scope=call.number,
    )
    is_first = call.status == CallStatus.PUBLISHED
    ended = [advance_call_held(call, to=CallStatus.SCREENED, by=by)] if is_first else []
    record_all([*ended, formed])
    return panels


def _eligible(call: Call, stands: Stands) -> list[Application]:
    """Every eligible dossier by number, once no other is still being checked."""
    if stands.now < call.closes_at or stands.pending:
        raise WrongState(_("Dossiers are still being checked. Finish the screening first."))
    found = list(
        with_named(Application.objects.filter(call=call, status=Status.ELIGIBLE))
        .select_related("industry", "region")
        .order_by("number")
    )
    if not found:
        raise WrongState(_("No dossier is eligible."))
    without = next((a for a in found if a.industry is None), None)
    if without is not None:
        raise Invalid(
            _("Dossier %(number)s has no industry; it cannot be grouped.")
            % {"number": without.number}
        )
    return found


def _blocks(applications: Iterable[Application]) -> list[grouping.Block]:
    members: dict[Industry, list[int]] = defaultdict(list)
    for application in applications:
        assert application.industry is not None
        members[application.industry].append(application.pk)
    return [
        grouping.Block(industry.code, tuple(pks), _key(industry.references))
        for industry, pks in members.items()
    ]


def _key(references: Mapping[str, Any]) -> str:
    """Equal for equal references."""
    return canonical(references).decode()


def _panels(
    call: Call,
    groups: Sequence[grouping.Group],
    applications: Iterable[Application],
    now: datetime,
    by: User,
) -> list[Panel]:
    """The panels of these groups, not stored yet, with the usual seats."""
    size, matched = call.rule_set.panel_size, call.rule_set.by_application
    pool = technology_experts()
    references = {a.pk: a.industry.references if a.industry else {} for a in applications}
    return [
        Panel(
            call=call,
            number=number,
            seats_wanted=[] if matched else default_seats(size, group.industries, pool),
            references=references[group.dossiers[0]],
            created_by=by,
            created_at=now,
        )
        for number, group in enumerate(groups, start=1)
    ]


def _relax_scarce_seats(basis: reading.Basis, panels: Iterable[Panel]) -> list[str]:
    """Take the specialty off seats that could not be filled with it; returns "panel:seat" of
    each.
    """
    relaxed: list[str] = []
    for _round in range(3):
        short = {(s.panel, s.seat) for s in reading.shortages(basis) if s.seat}
        scarce = [
            (panel, seat)
            for panel in panels
            for seat in panel.seats_wanted
            if seat["specialty"] and (str(panel.number), seat["id"]) in short
        ]
        if not scarce:
            break
        for panel, seat in scarce:
            seat["specialty"] = None
            relaxed.append(f"{panel.number}:{seat['id']}")
    return relaxed


@transaction.atomic
def move_dossier(
    *, application: Application, panel: Panel, reason: str, by: User
) -> PanelApplication:
    """Move one dossier to another panel of its call, before the draw. A panel left empty is
    dissolved.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call, _stands = lock_call(panel.call)
    place = (
        PanelApplication.objects.select_for_update(of=("self",))
        .select_related("panel", "application__industry")
        .filter(application=application, panel__call=call)
        .first()
    )
    if place is None:
        raise Invalid(_("The panel belongs to another call."), field="panel")
    if place.panel_id == panel.pk:
        raise Invalid(_("The dossier is on this panel already."), field="panel")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("Say briefly why the dossier moves."), field="reason")
    industry = place.application.industry
    if industry is not None and _key(industry.references) != _key(panel.references):
        raise Invalid(
            _(
                "The panel measures against other references; the dossier's formula points "
                "would change."
            ),
            field="panel",
        )
    left = place.panel
    dissolved = _put(place, panel)
    record(
        action="panels.move",
        obj=application,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=reason.strip(),
        before={"panel": left.number},
        after={"panel": panel.number, "dissolved": dissolved},
        scope=call.number,
    )
    return place


def _put(place: PanelApplication, panel: Panel) -> bool:
    """Put a dossier last on this panel; whether the panel left behind is dissolved."""
    left = place.panel
    dossiers: dict[int, list[Application]] = {left.number: [], panel.number: []}
    order = 0
    for other in _places_of(left, panel):
        if other.pk != place.pk:
            dossiers[other.panel.number].append(other.application)
        if other.panel_id == panel.pk:
            order = other.order
    dossiers[panel.number].append(place.application)
    place.panel, place.order = panel, order + 1
    place.save(update_fields=["panel", "order"])
    if dossiers[left.number] or left.seats.exists():
        rename([left, panel], dossiers)
        return False
    rename([panel], dossiers)
    dissolve([left.pk])
    return True


def _places_of(*panels: Panel) -> QuerySet[PanelApplication]:
    """The places of these panels with dossiers and their industries, in order."""
    return (
        PanelApplication.objects.filter(panel__in=panels)
        .select_related("panel", "application__industry")
        .order_by("order")
    )


@transaction.atomic
def set_seats(*, panel: Panel, seats: Sequence[Mapping[str, Any]], by: User) -> Panel:
    """Say which experts a panel wants: [{"id", "kind", "specialty" | None, "count"}], before the
    draw.

    The counts make up the call's panel size.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call, _stands = lock_call(panel.call)
    if call.rule_set.by_application:
        raise WrongState(
            _("In this call experts are matched with single dossiers; no panel has seats.")
        )
    locked = Panel.objects.select_for_update().get(pk=panel.pk)
    wanted = checked(seats, call.rule_set.panel_size)
    before = locked.seats_wanted
    locked.seats_wanted = wanted
    locked.save(update_fields=["seats_wanted"])
    record(
        action="panels.seats",
        obj=locked,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        before={"seats": before},
        after={"seats": wanted},
        scope=call.number,
    )
    return locked


def shortages(call: Call) -> tuple[supply.Shortage, ...]:
    """Which seats could not be filled if the draw were held now, and why."""
    return reading.supply_report(call)
