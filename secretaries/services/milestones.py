"""A project's milestones: planned at its first appointment, reached with evidence; and the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.models import Application
from applications.services.lifecycle import lock
from audit import clock
from audit.refusals import Conflict, Invalid, NotPermitted, WrongState
from audit.services import record
from calendars.wording import day_of
from secretaries import facts, rules
from secretaries.models import (
    InvestmentReport,
    Mark,
    MilestoneNode,
    MilestoneTemplate,
    ProjectMilestone,
    Stage,
)
from secretaries.services.request_rows import checked_text

TEMPLATE_LOCK = 0x5E1202
MOST_NODES, MOST_DAYS = 60, 3650
MOST_YUAN = Decimal(10) ** 13


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a new version of the list."""

    stage: str
    name_zh: str
    name_en: str
    days: int
    mark: str = ""


# In the database: two thousand projects have forty thousand nodes.
_PLAN = """
INSERT INTO secretaries_projectmilestone
    (application_id, node_id, planned_on, left_out, evidence)
SELECT project, node.id, %s::date + node.days, false, ''
FROM unnest(%s::bigint[]) AS project
CROSS JOIN secretaries_milestonenode node
WHERE node.template_id = (
        SELECT id FROM secretaries_milestonetemplate ORDER BY version DESC LIMIT 1)
    AND NOT EXISTS (
        SELECT 1 FROM secretaries_projectmilestone planned
        WHERE planned.application_id = project)
ORDER BY project, node.place
"""


def plan_milestones(applications: Sequence[Application], now: datetime) -> None:
    """The nodes in force for each of these that has none yet, planned from today on. Called in the
    transaction of the appointment; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, [day_of(now), [row.pk for row in applications]])


@transaction.atomic
def reach(*, milestone: ProjectMilestone, on: date, evidence: str, by: User) -> ProjectMilestone:
    """The node was reached on a day, today at the latest, with what shows it."""
    row, now = _lock(milestone, by)
    if on > day_of(now):
        raise Invalid(_("The day must not lie in the future."), "on")
    row.reached_on = on
    return _settle(row, evidence, by, now, "milestone.reach")


@transaction.atomic
def leave_out(*, milestone: ProjectMilestone, reason: str, by: User) -> ProjectMilestone:
    """This project does not need the node; with the reason."""
    row, now = _lock(milestone, by)
    row.left_out = True
    return _settle(row, reason, by, now, "milestone.leave_out")


@transaction.atomic
def plan_anew(*, milestone: ProjectMilestone, on: date, reason: str, by: User) -> ProjectMilestone:
    """Another day is planned for a node not reached yet; the day before stays in the log."""
    row, _now = _lock(milestone, by)
    before = row.planned_on
    row.planned_on = on
    row.save(update_fields=["planned_on"])
    _note("milestone.plan", row, by, checked_text(reason, "text"), before=before.isoformat())
    return row


@transaction.atomic
def record_investment(
    *, application: Application, month: date, invested: Decimal, by: User
) -> InvestmentReport:
    """What the project has invested in all by the end of a month, yuan; corrected by entering the
    month again. Never less than the month before says, nor more than the month after."""
    row, now = lock(application), clock.now()
    today = day_of(now)
    if not rules.serves(by, row, today):
        raise NotPermitted(_("Only the project's secretary on duty does this."))
    first = month.replace(day=1)
    if first > today:
        raise Invalid(_("The month must not lie in the future."), "month")
    if not 0 <= invested < MOST_YUAN:
        raise Invalid(_("Enter the sum invested in all, from 0 on."), "invested")
    reports = InvestmentReport.objects.filter(application=row)
    before = reports.filter(month__lt=first).order_by("-month").first()
    after = reports.filter(month__gt=first).order_by("month").first()
    if (before and before.invested > invested) or (after and after.invested < invested):
        raise Invalid(_("The sum invested in all does not fall from month to month."), "invested")
    told = {"invested": invested, "recorded_by": by, "recorded_at": now}
    [made] = InvestmentReport.objects.bulk_create(
        [InvestmentReport(application=row, month=first, **told)],
        update_conflicts=True,
        unique_fields=["application", "month"],
        update_fields=[*told],
    )
    record(
        action="investment.record",
        obj=made,
        by=by,
        after=facts.investment_facts(made),
        scope=row.call.number,
    )
    return made


@transaction.atomic
def set_template(*, nodes: Sequence[Node], reason: str, seen: int, by: User) -> MilestoneTemplate:
    """A further version of the list, for projects appointed from now on. By the lead."""
    rules.require_lead(by, _("Only the secretaries' lead sets the milestones."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TEMPLATE_LOCK])
    latest = MilestoneTemplate.objects.order_by("-version").first()
    version = latest.version if latest else 0
    if version != seen:
        raise Conflict
    _check_nodes(nodes)
    if not reason.strip():
        raise Invalid(_("Say why the milestones change."), "reason")
    made = MilestoneTemplate.objects.create(
        version=version + 1, reason=reason.strip()[:400], made_by=by, made_at=clock.now()
    )
    kept = MilestoneNode.objects.bulk_create(
        MilestoneNode(
            template=made,
            place=place,
            stage=node.stage,
            name_zh=node.name_zh.strip(),
            name_en=node.name_en.strip(),
            days=node.days,
            mark=node.mark,
        )
        for place, node in enumerate(nodes, 1)
    )
    record(
        action="milestone.template",
        obj=made,
        by=by,
        reason=made.reason,
        after=facts.template_facts(made, kept),
    )
    return made


def _check_nodes(nodes: Sequence[Node]) -> None:
    if not 1 <= len(nodes) <= MOST_NODES:
        raise Invalid(_("From 1 to 60 nodes."))
    stages = [node.stage for node in nodes]
    known = list(Stage.values)
    if set(stages) - set(known) or stages != sorted(stages, key=known.index):
        raise Invalid(_("The nodes follow the stages in their order."))
    marks = sorted(node.mark for node in nodes if node.mark)
    if marks != sorted(Mark.values):
        raise Invalid(_("Signed, started, counted and in production: each stands for one node."))
    for node in nodes:
        if not (0 < len(node.name_zh.strip()) <= 40 and 0 < len(node.name_en.strip()) <= 60):
            raise Invalid(_("Every node has a name in both languages."))
        if not 0 <= node.days <= MOST_DAYS:
            raise Invalid(_("From 0 to 3,650 days after the appointment."))


def _lock(milestone: ProjectMilestone, by: User) -> tuple[ProjectMilestone, datetime]:
    row = (
        ProjectMilestone.objects.select_for_update(of=("self",))
        .select_related("application__call", "node")
        .get(pk=milestone.pk)
    )
    now = clock.now()
    if not rules.serves(by, row.application, day_of(now)):
        raise NotPermitted(_("Only the project's secretary on duty does this."))
    if row.application.status not in rules.SERVED:
        raise WrongState(_("The project is served no more; its milestones stand."))
    if row.reached_on is not None or row.left_out:
        raise WrongState(_("This milestone is settled already."))
    return row, now


def _settle(
    row: ProjectMilestone, evidence: str, by: User, now: datetime, action: str
) -> ProjectMilestone:
    row.evidence, row.recorded_by, row.recorded_at = checked_text(evidence, "text"), by, now
    row.save()
    _note(action, row, by, row.evidence)
    return row


def _note(action: str, row: ProjectMilestone, by: User, reason: str, before: str = "") -> None:
    record(
        action=action,
        obj=row,
        by=by,
        reason=reason,
        before={"planned_on": before} if before else None,
        after=facts.milestone_facts(row),
        scope=row.application.call.number,
    )
