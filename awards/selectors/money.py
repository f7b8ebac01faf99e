"""What is read of agreements, instalments, claims and payments."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Role
from accounts.rules import firm_ids, has_any_role, has_role
from applications.models import Application
from applications.workflow import Status
from awards.models import (
    Agreement,
    Award,
    Claim,
    FundingItem,
    Instalment,
    NoticeItem,
    Payment,
    PublicNotice,
    Signature,
)
from awards.rules import OFFICE
from awards.selectors.objected import answered, told_with
from reviews.models import RankingEntry
from secretaries.models import ServiceAssignment

RUNNING = frozenset({Status.AWARDED, Status.AGREED, Status.IN_PROGRESS})
GRANTED = RUNNING | {Status.COMPLETED, Status.TERMINATED}


def visible_awards(user: User) -> QuerySet[Award]:
    """Awards the person may read: the office all, a firm its own, a secretary those served."""
    rows = Award.objects.select_related(
        "application__firm", "application__region", "application__call", "allocation", "envelope"
    )
    if has_any_role(user, *OFFICE):
        return rows
    mine = Q(application__firm__in=firm_ids(user))
    if has_role(user, Role.SECRETARY):
        mine |= served_by(user)
    return rows.filter(mine)


def agreements(user: User) -> QuerySet[Award]:
    """Visible awards with their agreement and instalments, newest first."""
    return (
        visible_awards(user)
        .select_related("agreement")
        .prefetch_related("instalments")
        .order_by("-application__call__year", "application__number")
    )


def agreement_for(user: User, pk: int) -> Agreement | None:
    """One agreement with what was signed and its instalments, if the person may know of it."""
    return (
        _agreement(user, pk)
        .select_related(
            "award__application__region",
            "award__allocation",
            "firm_signed_by",
            "office_signed_by",
        )
        .prefetch_related(
            "award__instalments",
            Prefetch("signatures", Signature.objects.select_related("signed_by")),
        )
        .first()
    )


def agreement_to_sign(user: User, pk: int) -> Agreement | None:
    """The same with its dossier alone. One query."""
    return _agreement(user, pk).first()


def _agreement(user: User, pk: int) -> QuerySet[Agreement]:
    visible = Agreement.objects.filter(award__in=visible_awards(user).values("pk"), pk=pk)
    return visible.select_related("award__application__firm", "award__application__call")


def instalments(user: User, state: str = "", text: str = "") -> QuerySet[Instalment]:
    """Instalments of visible awards with live claim and payment; `state` filters."""
    live = Prefetch(
        "claims",
        Claim.objects.filter(returned_at__isnull=True).select_related("claimed_by", "verified_by"),
        to_attr="live_claims",
    )
    rows = (
        Instalment.objects.filter(award__in=visible_awards(user).values("pk"))
        .select_related(
            "award__application__firm",
            "award__application__region",
            "award__application__call",
            "payment__made_by",
            "payment__checked_by",
        )
        .prefetch_related(live)
        .order_by("-award__application__call__year", "award__application__number", "sequence")
    )
    if state:
        rows = rows.filter(status=state)
    if text:
        rows = rows.filter(
            Q(award__application__title__icontains=text)
            | Q(award__application__number__icontains=text)
            | Q(award__application__firm__name__icontains=text)
        )
    return rows


def returned_claim(instalment: Instalment) -> Claim | None:
    """The last claim of an instalment, if it was returned and not made again."""
    if instalment.status != "planned":
        return None
    back = instalment.claims.filter(returned_at__isnull=False).select_related("returned_by")
    return back.order_by("-pk").first()


def last_verified(award: Award) -> Claim | None:
    """The last claim of an award that its secretary verified on site."""
    found = Claim.objects.filter(instalment__award=award, verified_at__isnull=False)
    return found.order_by("-instalment__sequence").first()


def payments(user: User) -> QuerySet[Payment]:
    """Payments of visible awards, entered, released or paid."""
    return Payment.objects.filter(
        instalment__award__in=visible_awards(user).values("pk")
    ).select_related(
        "instalment__award__allocation",
        "instalment__award__application__firm",
        "instalment__award__application__call",
    )


def payment_for(user: User, instalment: int) -> Payment | None:
    """The payment of a visible instalment, by the instalment's key."""
    return payments(user).filter(instalment=instalment).first()


def claim_for(user: User, pk: int) -> Claim | None:
    """One claim with its files, if the person may know of it."""
    return (
        Claim.objects.filter(instalment__award__in=visible_awards(user).values("pk"), pk=pk)
        .select_related(
            "instalment__award__application__firm",
            "instalment__award__application__region",
            "instalment__award__application__call",
            "claimed_by",
            "verified_by",
            "returned_by",
        )
        .prefetch_related("files")
        .first()
    )


def visible_award_of(user: User, application: Application) -> Award | None:
    """A dossier's award with agreement and instalments, if the person may read it. Two queries."""
    return (
        visible_awards(user)
        .filter(application=application)
        .select_related("agreement")
        .prefetch_related("instalments")
        .first()
    )


def decided_item(application: Application) -> FundingItem | None:
    """The dossier's place on the approved list, with its points from the ranking as `.quality`,
    `.employment` and `.total`, its notice at hand (`notice_of`), and `.objections` that were
    answered. One query.
    """
    entry = RankingEntry.objects.filter(
        ranking=OuterRef("funding_list__ranking"), application=OuterRef("application")
    )
    points = {name: Subquery(entry.values(name)) for name in ("quality", "employment", "total")}
    rows = FundingItem.objects.filter(application=application, funding_list__status="approved")
    item: Any = (
        rows.select_related("funding_list", "application__notice_item__notice")
        .annotate(**points, told=told_with("application"))
        .first()
    )
    if item is not None:
        item.objections = answered(item.told)
    return item  # type: ignore[no-any-return]  # with what is annotated


def notice_of(item: FundingItem) -> PublicNotice | None:
    """The public notice that names the item's dossier."""
    named: NoticeItem | None = getattr(item.application, "notice_item", None)
    return named.notice if named is not None else None


def served_by(user: User) -> Q:
    """Filter for applications that the person serves as a secretary now."""
    served = ServiceAssignment.objects.filter(secretary__user=user, valid_to__isnull=True)
    return Q(application__in=served.values("application"))


def payment_steps(payment: Payment | None, claim: Claim | None) -> list[dict[str, Any]]:
    """Claimed, verified, entered, released, paid: who and when, for a timeline."""
    steps: list[tuple[str, Any, datetime | None]] = []
    if claim is not None:
        steps += [
            ("claimed", claim.claimed_by, claim.claimed_at),
            ("verified", claim.verified_by, claim.verified_at),
        ]
    if payment is not None:
        steps += [
            ("entered", payment.made_by, payment.made_at),
            ("released", payment.checked_by, payment.checked_at),
            ("paid", payment.recorded_by, payment.recorded_at),
        ]
    return [{"key": key, "who": who, "at": at} for key, who, at in steps if at is not None]
