"""评审分组: by industry, not by place (domain rule 7); 8 to 25 dossiers a panel."""

from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus, Industry
from applications.services.calls import advance_call
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from reviews.models import Draw, Panel, PanelApplication
from reviews.models.pool import Kind
from reviews.rules import require

LARGEST, SMALLEST = 25, 8


def default_seats(size: int, specialties: list[str]) -> list[dict[str, object]]:
    """The mix of a panel of `size`: finance and employment one seat each, the rest split between
    technology and industry, technology ahead (GB practice: 技术/产业/财务/就业)."""
    specialty = specialties[0] if len(specialties) == 1 else None
    rest = size - 2
    technology = (rest + 1) // 2
    return [
        {
            "id": "technology",
            "kind": Kind.TECHNOLOGY.value,
            "specialty": specialty,
            "count": technology,
        },
        {
            "id": "industry",
            "kind": Kind.INDUSTRY.value,
            "specialty": None,
            "count": rest - technology,
        },
        {"id": "finance", "kind": Kind.FINANCE.value, "specialty": None, "count": 1},
        {"id": "employment", "kind": Kind.EMPLOYMENT.value, "specialty": None, "count": 1},
    ]


def _groups(applications: list[Application]) -> list[tuple[list[Industry], list[Application]]]:
    """Dossiers of one industry stay together; small industries of neighbouring code share a panel."""
    by_industry: dict[Industry, list[Application]] = defaultdict(list)
    for application in applications:
        if application.industry is None:
            raise Invalid(_("A dossier has no industry; it cannot be grouped."))
        by_industry[application.industry].append(application)
    groups: list[tuple[list[Industry], list[Application]]] = []
    for industry in sorted(by_industry, key=lambda i: i.code):
        members = by_industry[industry]
        if (
            groups
            and len(groups[-1][1]) < SMALLEST
            and len(groups[-1][1]) + len(members) <= LARGEST
        ):
            groups[-1][0].append(industry)
            groups[-1][1].extend(members)
        else:
            groups.append(([industry], list(members)))
    if (
        len(groups) > 1
        and len(groups[-1][1]) < SMALLEST
        and len(groups[-2][1]) + len(groups[-1][1]) <= LARGEST
    ):
        industries, members = groups.pop()
        groups[-1][0].extend(industries)
        groups[-1][1].extend(members)
    return [part for group in groups for part in _split(*group)]


def _split(
    industries: list[Industry], members: list[Application]
) -> list[tuple[list[Industry], list[Application]]]:
    if len(members) <= LARGEST:
        return [(industries, members)]
    parts = -(-len(members) // LARGEST)
    return [(industries, members[i::parts]) for i in range(parts)]


@transaction.atomic
def form_panels(*, call: Call, by: User) -> list[Panel]:
    """Group every eligible dossier of a call into panels; replaces panels formed before the draw."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    if Draw.objects.filter(call=call).exclude(status="void").exists():
        raise WrongState(_("A draw is already prepared on these panels; void it first."))
    if call.status not in (CallStatus.PUBLISHED, CallStatus.SCREENED):
        raise WrongState(_("Panels are formed after screening and before the review."))
    pending = Application.objects.filter(
        call=call, status__in=(Status.SUBMITTED, Status.RECOMMENDED, Status.RETURNED)
    )
    if clock.now() < call.closes_at or pending.exists():
        raise WrongState(_("Dossiers are still being checked. Finish the screening first."))
    applications = list(
        Application.objects.filter(call=call, status=Status.ELIGIBLE)
        .select_related("industry")
        .order_by("number")
    )
    if not applications:
        raise WrongState(_("No dossier is eligible."))
    PanelApplication.objects.filter(panel__call=call).delete()
    Panel.objects.filter(call=call).delete()
    if call.status == CallStatus.PUBLISHED:
        advance_call(call=call, to=CallStatus.SCREENED, by=by)
    panels = []
    for number, (industries, members) in enumerate(_groups(applications), start=1):
        panels.append(_create(call, number, industries, members, by))
    record(
        action="panels.form",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"panels": len(panels), "dossiers": len(applications)},
        scope=call.number,
    )
    return panels


def _create(
    call: Call, number: int, industries: list[Industry], members: list[Application], by: User
) -> Panel:
    panel = Panel.objects.create(
        call=call,
        number=number,
        name_zh="、".join(i.name_zh for i in industries)[:200],
        name_en=", ".join(i.name_en for i in industries)[:300],
        seats_wanted=default_seats(call.rule_set.panel_size, [i.code for i in industries]),
        references={k: v for i in industries[:1] for k, v in i.references.items()},
        created_by=by,
        created_at=clock.now(),
    )
    panel.industries.set(industries)
    PanelApplication.objects.bulk_create(
        PanelApplication(panel=panel, application=a, order=order)
        for order, a in enumerate(members, start=1)
    )
    return panel


@transaction.atomic
def move_dossier(
    *, application: Application, panel: Panel, reason: str, by: User
) -> PanelApplication:
    """Move one dossier to another panel of its call, before the draw is prepared."""
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=panel.call_id)
    place = (
        PanelApplication.objects.select_for_update()
        .select_related("panel")
        .get(application=application)
    )
    if place.panel.call_id != call.pk:
        raise Invalid(_("The panel belongs to another call."), field="panel")
    if Draw.objects.filter(call=call).exclude(status="void").exists():
        raise WrongState(_("A draw is already prepared on these panels; void it first."))
    last = PanelApplication.objects.filter(panel=panel).order_by("-order").first()
    before = place.panel.number
    place.panel, place.order = panel, (last.order if last else 0) + 1
    place.save(update_fields=["panel", "order"])
    record(
        action="panels.move",
        obj=application,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=reason,
        before={"panel": before},
        after={"panel": panel.number},
        scope=call.number,
    )
    return place
