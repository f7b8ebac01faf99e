"""Duplicate and credit checks (查重查信用): what they find, without writing anything.

A finding is a code, a severity and its facts. `veto` bars eligibility until an officer has
written why it does not stand in the way; `warn` is to be looked at; `info` is to be known.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from applications.models import Application, CreditRecord, Submission
from applications.similarity import likeness
from applications.workflow import Status

DUPLICATE, CREDIT = "duplicate", "credit"
INFO, WARN, VETO = "info", "warn", "veto"
ALIKE = 0.6  # share of common character pairs from which two titles are shown together
CREDIT_YEARS = 3  # safety and environment penalties count this long (domain practice)
TO_WEIGH = frozenset({"not_accepted", "terminated"})  # bar nothing by themselves
PAID = frozenset({Status.AWARDED, Status.AGREED, Status.IN_PROGRESS, Status.COMPLETED})
GONE = frozenset({Status.DRAFT, Status.WITHDRAWN})
# Section fields that name one thing in the world: equal values mean the same project or plot.
IDENTITIES = {
    "same_project_code": ("project", "project_code"),
    "same_filing": ("land_permits", "filing_no"),
    "same_land": ("land_permits", "parcel"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found: unique by kind and code within a dossier."""

    kind: str
    code: str
    severity: str
    details: dict[str, Any] = field(default_factory=dict)


def find(application: Application, today: date) -> list[Found]:
    """Everything the checks see for a dossier today: duplicates first, then credit (3 queries)."""
    return [*_duplicates(application), *_credit(application, today)]


def _duplicates(application: Application) -> Iterable[Found]:
    own = _with_identities(Application.objects.filter(pk=application.pk)).get()
    for other in _others(application):
        facts = {
            "number": other.number,
            "title": other.title,
            "firm": other.firm.name,
            "call": other.call.number,
            "status": other.status,
        }
        yield from _compare(own, other, facts)


def _compare(
    application: Application, other: Application, facts: dict[str, Any]
) -> Iterable[Found]:
    same_firm = other.firm_id == application.firm_id
    same_call = other.call_id == application.call_id
    alike = likeness(application.title, other.title)
    paid = Status(other.status) in PAID
    for code in IDENTITIES:
        value = _identity(application, code)
        if value and value == _identity(other, code):
            severity = VETO if paid or same_call else WARN
            yield Found(DUPLICATE, f"{code}:{other.pk}", severity, {**facts, "value": value})
    if same_firm and paid:
        severity = VETO if alike >= ALIKE else WARN
        yield Found(DUPLICATE, f"funded_before:{other.pk}", severity, facts)
    elif same_firm and same_call:
        yield Found(DUPLICATE, f"same_firm:{other.pk}", WARN, facts)
    elif same_firm:
        yield Found(DUPLICATE, f"applied_before:{other.pk}", INFO, facts)
    if alike >= ALIKE and not same_firm:
        share = f"{float(alike):.2f}"
        yield Found(DUPLICATE, f"alike:{other.pk}", WARN, {**facts, "likeness": share})


def _others(application: Application) -> QuerySet[Application]:
    return (
        _with_identities(Application.objects.exclude(pk=application.pk).exclude(status__in=GONE))
        .select_related("firm", "call")
        .only("title", "number", "status", "firm__name", "call__number")
        .order_by("pk")
    )


def _with_identities(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Each dossier with what its latest submission says in the identity fields."""
    latest = Submission.objects.filter(application=OuterRef("pk")).order_by("-version")
    paths = {
        code: Subquery(
            latest.annotate(
                value=KeyTextTransform(
                    name, KeyTransform(section, KeyTransform("sections", "content"))
                )
            ).values("value")[:1]
        )
        for code, (section, name) in IDENTITIES.items()
    }
    return rows.annotate(**paths)


def _identity(application: Application, code: str) -> str:
    return str(getattr(application, code) or "").strip().upper()


def _credit(application: Application, today: date) -> Iterable[Found]:
    rows = CreditRecord.objects.filter(uscc=application.firm.uscc).exclude(decision="withdrawn")
    for row in rows.order_by("pk"):
        if row.until is not None and row.until < today:
            continue
        old = row.kind in ("safety", "environment") and _years_before(today) > row.since
        facts = {
            "kind": row.kind,
            "text": row.text,
            "source": row.source,
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else "",
        }
        severity = INFO if old else WARN if row.kind in TO_WEIGH else VETO
        yield Found(CREDIT, f"{row.kind}:{row.pk}", severity, facts)


def _years_before(today: date) -> date:
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year - CREDIT_YEARS, today.month, day)
