"""What waits for a hand about one project or one document: every kind in one shape, so that all of
them are one statement."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Field,
    OuterRef,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from accounts.models import User
from applications.workflow import Status
from awards.models import (
    SETTLED,
    Acceptance,
    Agreement,
    Amendment,
    Award,
    CarryOver,
    Claim,
    Clawback,
    Deviation,
    EnvelopeChange,
    FundingItem,
    Instalment,
    Objection,
    Outcome,
    ProgressReport,
    Recall,
    Repayment,
    Termination,
)
from awards.selectors.money import RUNNING, served_by
from awards.selectors.progress import REPORTING

Rows = QuerySet[Any, tuple[Any, ...]]
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a kind (see `awards.waiting_acts.KINDS`) that waits.

    page: the key of what its page shows, an award mostly; title: of the project; number: of a
    document, an instalment or a quarter; words: a ground, a reason or a year; amount: yuan.
    """

    kind: str
    page: int | None
    title: str
    number: str
    words: str
    amount: Decimal | None
    due: datetime | None
    provisional: bool


# What is not named of a kind is empty: its column's type and value.
_EMPTY: Final["Mapping[str, tuple[Field[Any, Any], Any]]"] = {
    "page": (BigIntegerField(), None),
    "title": (TextField(), ""),
    "number": (TextField(), ""),
    "words": (TextField(), ""),
    "amount": (DecimalField(max_digits=16, decimal_places=2), None),
    "due": (DateTimeField(), None),
    "provisional": (BooleanField(), False),
}
_PROJECT = {"page": "award", "title": "award__application__title"}


def ask(rows: Iterable[Rows]) -> list[Act]:
    """All of these, those due first. One query; none where there is nothing to ask."""
    parts = list(rows)
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    acts = [Act(*row) for row in found]
    return sorted(acts, key=lambda act: (act.due or _FAR, act.page or 0))


def _shaped(kind: str, rows: QuerySet[Any], **columns: str) -> Rows:
    """These rows in the shape of an `Act`; `columns` names where each of its fields is."""
    where = _PROJECT | columns
    values = (
        Cast(F(where[name]) if where.get(name) else Value(empty), field)
        for name, (field, empty) in _EMPTY.items()
    )
    return rows.order_by().values_list(Cast(Value(kind), TextField()), *values)


def of_officer() -> list[Rows]:
    """Agreements to draw up and to sign, objections to examine, recalls to settle."""
    awarded = Award.objects.filter(application__status=Status.AWARDED)
    to_draw_up = awarded.filter(allocation__isnull=False, agreement__isnull=True)
    to_sign = Agreement.objects.filter(
        award__application__status=Status.AWARDED,
        firm_signed_at__isnull=False,
        office_signed_at__isnull=True,
    )
    return [
        _shaped("draw_up", to_draw_up, page="pk", title="application__title"),
        _shaped("sign_for_office", to_sign, page="pk", number="number", **_UNTIL_SIGNED),
        _objections("examine", "filed"),
    ]


_UNTIL_SIGNED = {"due": "sign_by", "provisional": "provisional"}
_UNTIL = {"due": "due_at", "provisional": "provisional"}


def _objections(kind: str, status: str) -> Rows:
    rows = Objection.objects.filter(status=status)
    title = "application__title"
    return _shaped(kind, rows, page="pk", title=title, number="number", words="ground", **_UNTIL)


def deviations(user: User) -> Rows:
    """Deviations that another person asked for and nobody has settled; `number` is the call's."""
    rows = Deviation.objects.filter(
        confirmed_at__isnull=True, refused_at__isnull=True, funding_list__status="draft"
    ).exclude(proposed_by=user)
    number = "funding_list__call__number"
    return _shaped(
        "deviate", rows, page="pk", title="application__title", number=number, words="reason"
    )


def of_approver(user: User) -> list[Rows]:
    """Objections to answer, parts that a firm declined, terminations that another put forward."""
    ends = Termination.objects.filter(status="proposed").exclude(proposed_by=user)
    return [
        _objections("answer", "accepted"),
        _offers("take_off", "refused"),
        _shaped("terminate", ends, words="ground"),
    ]


def _offers(kind: str, consent: str, **more: Any) -> Rows:
    """Parts offered whose answer is `consent` ("" none yet), while the offer stands."""
    rows = FundingItem.objects.filter(
        funding_list__status="approved",
        outcome=Outcome.PARTIAL,
        consent=consent,
        application__status=Status.PROPOSED,
        **more,
    )
    return _shaped(kind, rows, page="application", title="application__title", amount="amount")


def graded(user: User) -> Rows:
    """Projects that another person graded."""
    rows = _under_way(Acceptance).filter(status="graded").exclude(graded_by=user)
    return _shaped("settle_acceptance", rows)


def to_grade() -> Rows:
    return _shaped("grade", _under_way(Acceptance).filter(status="applied"))


def amendments(status: str) -> Rows:
    """Amendments asked for (proposed), or endorsed by an officer."""
    rows = Amendment.objects.filter(status=status, award__application__status__in=RUNNING)
    return _shaped(f"amend_{status}", rows)


def recalls(now: datetime) -> list[Rows]:
    """Recalls that were answered, and those whose time is over without."""
    rows = _under_way(Recall)
    over = rows.filter(status="issued", due_at__lt=now, provisional=False)
    return [
        _shaped("recall_replied", rows.filter(status="replied")),
        _shaped("recall_over", over),
    ]


def reports(user: User, *, every: bool) -> Rows:
    """Quarterly reports to confirm: every project's, or of those that the person serves."""
    rows = ProgressReport.objects.filter(
        status="submitted", award__application__status__in=REPORTING
    )
    if not every:
        rows = rows.filter(award__in=Award.objects.filter(served_by(user)))
    return _shaped("confirm_report", rows, number="quarter", words="year")


def claims(user: User) -> Rows:
    """Claims of the projects that the person serves."""
    rows = Claim.objects.filter(
        instalment__award__in=Award.objects.filter(served_by(user)),
        instalment__status="claimed",
        returned_at__isnull=True,
        verified_at__isnull=True,
    )
    return _shaped(
        "verify",
        rows,
        page="pk",
        title="instalment__award__application__title",
        number="instalment__sequence",
        amount="instalment__amount",
    )


def of_finance(user: User) -> list[Rows]:
    """Ceilings, carried sums and repayments that another entered; clawbacks to order."""
    unsettled = {"confirmed_at__isnull": True, "refused_at__isnull": True}
    ceilings = EnvelopeChange.objects.filter(**unsettled).exclude(proposed_by=user)
    carries = CarryOver.objects.filter(**unsettled).exclude(proposed_by=user)
    repayments = Repayment.objects.filter(**unsettled).exclude(entered_by=user)
    ended = Termination.objects.filter(status="confirmed", claw_back__gt=0, clawback__isnull=True)
    place = {"page": "pk", "title": "", "number": "document_no"}
    return [
        _shaped("ceiling", ceilings, **place, words="envelope__year", amount="ceiling"),
        _shaped("carry", carries, **place, words="source__year", amount="amount"),
        _shaped(
            "confirm_repayment",
            repayments,
            page="clawback__award",
            title="clawback__award__application__title",
            number="document_no",
            amount="amount",
        ),
        _shaped("order_clawback", ended, amount="claw_back"),
    ]


def of_firms(firms: Collection[int]) -> list[Rows]:
    """What the firms' owners sign, answer, claim, pay back and apply for."""
    theirs = {"award__application__firm__in": firms}
    to_sign = Agreement.objects.filter(
        firm_signed_at__isnull=True, award__application__status=Status.AWARDED, **theirs
    )
    owed = Clawback.objects.filter(settled_at__isnull=True, **theirs)
    asked = _under_way(Recall).filter(status="issued", **theirs)
    return [
        _shaped("sign_for_firm", to_sign, page="pk", **_UNTIL_SIGNED),
        _offers("answer_offer", "", application__firm__in=firms),
        _shaped(
            "claim", _to_claim().filter(**theirs), page="pk", number="sequence", amount="amount"
        ),
        _shaped("reply", asked, **_UNTIL),
        _shaped("pay_back", owed, **_UNTIL),
        _shaped("apply", _to_apply(firms), page="pk", title="application__title"),
    ]


def _to_claim() -> QuerySet[Instalment]:
    """The next instalment of each project, where it can be claimed now."""
    earlier = Instalment.objects.filter(
        award=OuterRef("award"), sequence__lt=OuterRef("sequence")
    ).exclude(status__in=SETTLED)
    return Instalment.objects.filter(
        ~Exists(earlier),
        status="planned",
        award__application__status__in=RUNNING - {Status.AWARDED},
    )


def _to_apply(firms: Collection[int]) -> QuerySet[Award]:
    """The firms' projects whose instalments are settled and whose acceptance nobody looks at."""
    open_parts = Instalment.objects.filter(award=OuterRef("pk")).exclude(status__in=SETTLED)
    looked_at = Acceptance.objects.filter(award=OuterRef("pk"), status__in=("applied", "graded"))
    return Award.objects.filter(
        ~Exists(open_parts),
        ~Exists(looked_at),
        application__firm__in=firms,
        application__status=Status.IN_PROGRESS,
    )


def _under_way(model: type[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(award__application__status=Status.IN_PROGRESS)
    return rows
