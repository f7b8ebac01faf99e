"""What verification compares: every row of service with what its events recorded."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, Exists, Min, Model, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from audit.models import Event
from audit.witnesses import last_after, register
from calendars.wording import day_of
from secretaries import facts
from secretaries.models import (
    Escalation,
    InvestmentReport,
    MilestoneTemplate,
    OverdueInquiry,
    ProjectMilestone,
    RequestAction,
    Satisfaction,
    SecretaryAppraisal,
    ServiceAssignment,
    ServiceRequest,
    ServiceSettings,
    Visit,
)

CLOCKS = ("application", "finish", "response", "extension")
ACTS = tuple(
    f"request.{kind}" for kind, _words in RequestAction._meta.get_field("kind").flatchoices
)


def connect() -> None:
    register("secretaries.appointments", appointments)
    register("secretaries.visits", visits)
    register("secretaries.requests", requests)
    register("secretaries.overdue", overdue)
    register("secretaries.milestones", milestones)
    register("secretaries.appraisals", appraisals)


def appointments() -> Iterator[str]:
    """Who served what, from when to when, and why."""
    yield from last_after(
        ServiceAssignment.objects.select_related("application"), facts.assignment_facts
    )


def visits() -> Iterator[str]:
    """Every visit is as it was written down, with its pictures and the firm's word."""
    rows = Visit.objects.select_related("assignment__application").prefetch_related("photos")
    yield from last_after(rows, facts.visit_facts)


def requests() -> Iterator[str]:
    """Requests with their clocks, pauses, extension and holders; and every act on them."""
    rows = ServiceRequest.objects.select_related(*CLOCKS).prefetch_related(
        "holds", "finish__pauses"
    )
    yield from last_after(rows, _whole_request)
    yield from _acts()


def _whole_request(row: ServiceRequest) -> dict[str, Any]:
    return {
        **facts.request_facts(row),
        **facts.hold_facts(row.holds.all()),
        **facts.pause_facts(row),
        **facts.extension_facts(getattr(row, "extension", None)),
    }


def _acts() -> Iterator[str]:
    """The acts on a request are those the log tells of, to the word."""
    told = Counter(
        Event.objects.filter(action__in=ACTS, object_type=ServiceRequest._meta.label_lower)
        .values_list("object_id", "action", "reason")
        .iterator()
    )
    kept = Counter(
        (str(request), f"request.{kind}", text)
        for request, kind, text in RequestAction.objects.values_list(
            "request", "kind", "text"
        ).iterator()
    )
    for (request, action, _text), _number in sorted(((told - kept) + (kept - told)).items()):
        yield _("request %(request)s: the act %(act)s is not the one in the log") % {
            "request": request,
            "act": action,
        }


def overdue() -> Iterator[str]:
    """The steps of the ladder, the inquiries and the firms' marks."""
    yield from last_after(
        Escalation.objects.select_related("clock", "hold"), facts.escalation_facts
    )
    yield from last_after(OverdueInquiry.objects.select_related("request"), facts.inquiry_facts)
    yield from last_after(Satisfaction.objects.select_related("request"), facts.satisfaction_facts)


def milestones() -> Iterator[str]:
    """Milestones an event tells of agree with it; the others are as the template planned them."""
    rows = ProjectMilestone.objects.select_related("application", "node")
    yield from last_after(rows.filter(_told(ProjectMilestone)), facts.milestone_facts)
    planned = rows.exclude(_told(ProjectMilestone)).annotate(
        begun=Min("application__service_assignments__valid_from")
    )
    for row in planned.order_by("pk").iterator():
        first = row.begun and day_of(row.begun)
        untouched = row.reached_on is None and not row.left_out and not row.evidence
        if not untouched or first is None or (row.planned_on - first).days != row.node.days:
            yield _("milestone %(pk)s (%(row)s): no event tells of what it says") % {
                "pk": row.pk,
                "row": row,
            }
    yield from last_after(
        InvestmentReport.objects.select_related("application"), facts.investment_facts
    )


def appraisals() -> Iterator[str]:
    """Appraisals, and every version of the numbers and milestones that somebody set."""
    yield from last_after(SecretaryAppraisal, facts.appraisal_facts)
    yield from last_after(
        ServiceSettings.objects.filter(set_by__isnull=False), facts.settings_facts
    )
    templates = MilestoneTemplate.objects.filter(made_by__isnull=False)
    yield from last_after(templates.prefetch_related("nodes"), _template)


def _template(row: MilestoneTemplate) -> dict[str, Any]:
    return facts.template_facts(row, list(row.nodes.all()))


def _told(model: type[Model]) -> Exists:
    events: QuerySet[Event] = Event.objects.filter(
        object_type=model._meta.label_lower, object_id=Cast(OuterRef("pk"), CharField())
    )
    return Exists(events)
