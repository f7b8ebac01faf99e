"""评审分组: forming panels, moving dossiers, the seats each panel wants; all before the draw."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus, Industry
from applications.services.call_steps import advance_call
from applications.workflow import Status
from audit import clock
from audit.digests import canonical
from audit.refusals import Invalid, WrongState
from audit.services import record
from reviews import grouping
from reviews.draw import supply
from reviews.models import Draw, Panel, PanelApplication
from reviews.rules import require
from reviews.selectors import draws as reading
from reviews.services.panel_seats import checked, default_seats, technology_experts

SHORTEST_REASON = 4
NAMED = 4  # a panel of more industries is named after the first and their number


def _lock_call(call: Call) -> Call:
    """The call, locked, while its panels may still be changed."""
    locked = Call.objects.select_for_update().get(pk=call.pk)
    if locked.status not in (CallStatus.PUBLISHED, CallStatus.SCREENED):
        raise WrongState(_("Panels are formed after screening and before the review."))
    if Draw.objects.filter(call=locked).exclude(status="void").exists():
        raise WrongState(_("A draw is already prepared on these panels; void it first."))
    return locked


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
    call = _lock_call(call)
    if not 1 <= smallest <= largest <= 60:
        raise Invalid(
            _("Enter the smallest size, then the largest, from 1 to 60."), field="largest"
        )
    applications = _eligible(call)
    if call.draws.exists():
        # What was drawn stays on record with its panels; dossiers are dealt out within them.
        raise WrongState(
            _("A draw was made on these panels and voided. Move single dossiers instead.")
        )
    PanelApplication.objects.filter(panel__call=call).delete()
    Panel.objects.filter(call=call).delete()
    if call.status == CallStatus.PUBLISHED:
        advance_call(call=call, to=CallStatus.SCREENED, by=by)
    pool = technology_experts()
    groups = grouping.group(_blocks(applications), smallest=smallest, largest=largest)
    by_pk = {a.pk: a for a in applications}
    panels = [
        _create(call, number, group, by_pk, pool, by)
        for number, group in enumerate(groups, start=1)
    ]
    relaxed = _relax_scarce_seats(call)
    record(
        action="panels.form",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"panels": len(panels), "dossiers": len(applications), "relaxed": relaxed},
        scope=call.number,
    )
    return list(Panel.objects.filter(call=call).order_by("number"))


def _eligible(call: Call) -> list[Application]:
    """Every eligible dossier by number, once no other is still being checked."""
    pending = Application.objects.filter(
        call=call, status__in=(Status.SUBMITTED, Status.RECOMMENDED, Status.RETURNED)
    )
    if clock.now() < call.closes_at or pending.exists():
        raise WrongState(_("Dossiers are still being checked. Finish the screening first."))
    found = list(
        Application.objects.filter(call=call, status=Status.ELIGIBLE)
        .select_related("industry")
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


def _create(
    call: Call,
    number: int,
    group: grouping.Group,
    by_pk: Mapping[int, Application],
    pool: Mapping[str, int],
    by: User,
) -> Panel:
    first = by_pk[group.dossiers[0]].industry
    panel = Panel.objects.create(
        call=call,
        number=number,
        seats_wanted=default_seats(call.rule_set.panel_size, group.industries, pool),
        references=first.references if first else {},
        created_by=by,
        created_at=clock.now(),
    )
    PanelApplication.objects.bulk_create(
        PanelApplication(panel=panel, application_id=pk, order=order)
        for order, pk in enumerate(group.dossiers, start=1)
    )
    _name(panel)
    return panel


def _name(panel: Panel) -> None:
    """Name the panel after the industries of its dossiers, most dossiers first."""
    counts = Counter(panel.places.order_by("order").values_list("application__industry", flat=True))
    known = Industry.objects.in_bulk(list(counts))
    industries = [known[pk] for pk, _n in counts.most_common()]
    first, more = industries[:NAMED], len(industries) - NAMED
    panel.name_zh = "、".join(i.name_zh for i in first) + (
        f"等{len(industries)}个产业" if more > 0 else ""
    )
    panel.name_en = ", ".join(i.name_en for i in first) + (f" and {more} more" if more > 0 else "")
    panel.save(update_fields=["name_zh", "name_en"])
    panel.industries.set(industries)


def _relax_scarce_seats(call: Call) -> list[str]:
    """Take the specialty off seats that could not be filled with it; returns "panel:seat" of
    each.
    """
    relaxed: list[str] = []
    panels = {str(p.number): p for p in Panel.objects.filter(call=call)}
    for _round in range(3):
        short = {(s.panel, s.seat) for s in reading.supply_report(call) if s.seat}
        changed = False
        for number, panel in panels.items():
            for seat in panel.seats_wanted:
                if seat["specialty"] and (number, seat["id"]) in short:
                    seat["specialty"], changed = None, True
                    relaxed.append(f"{number}:{seat['id']}")
            panel.save(update_fields=["seats_wanted"])
        if not changed:
            break
    return relaxed


@transaction.atomic
def move_dossier(
    *, application: Application, panel: Panel, reason: str, by: User
) -> PanelApplication:
    """Move one dossier to another panel of its call, before the draw. A panel left empty is
    dissolved.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _lock_call(panel.call)
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
    left, last = place.panel, panel.places.order_by("-order").first()
    place.panel, place.order = panel, (last.order if last else 0) + 1
    place.save(update_fields=["panel", "order"])
    _name(panel)
    dissolved = not left.places.exists()
    if dissolved and not left.seats.exists():
        left.delete()
    else:
        _name(left)
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


@transaction.atomic
def set_seats(*, panel: Panel, seats: Sequence[Mapping[str, Any]], by: User) -> Panel:
    """Say which experts a panel wants: [{"id", "kind", "specialty" | None, "count"}], before the
    draw.

    The counts make up the call's panel size.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = _lock_call(panel.call)
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
