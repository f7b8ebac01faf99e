"""What is read of dossiers: lists by reader, and the rows one page needs."""

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acts_for_a_firm, covered_regions, has_any_role, has_role
from applications.models import Application, Attachment, Section, Submission
from applications.rules import AWARDED, READERS
from applications.workflow import Status

_SHOWN = ("call", "firm", "region", "industry")


def dossiers_of_firms(user: User) -> QuerySet[Application]:
    """The dossiers of the firms this person acts for by membership, newest first."""
    return (
        Application.objects.filter(
            firm__memberships__user=user, firm__memberships__ended_at__isnull=True
        )
        .select_related(*_SHOWN)
        .prefetch_related(Prefetch("sections", Section.objects.only("application", "complete")))
        .order_by("-id")
    )


def dossiers_for_officials(user: User) -> QuerySet[Application]:
    """Every submitted dossier this official may read, newest call first, by number."""
    submitted = Application.objects.filter(submitted_at__isnull=False).select_related(*_SHOWN)
    ordered = submitted.order_by("-call__year", "-call__sequence", "number")
    if has_any_role(user, *READERS):
        return ordered
    if has_role(user, Role.REGIONAL_OFFICER):
        return ordered.filter(region__in=covered_regions(user))
    if has_role(user, Role.SECRETARY_LEAD):
        return ordered.filter(status__in=AWARDED)
    return ordered.none()


def is_applicant(user: User) -> bool:
    return acts_for_a_firm(user)


def narrowed(
    found: QuerySet[Application],
    *,
    text: str = "",
    call: str = "",
    region: str = "",
    status: str = "",
) -> QuerySet[Application]:
    """The list narrowed by what the filter bar says; "" asks for nothing."""
    if text:
        found = found.filter(
            Q(title__icontains=text) | Q(firm__name__icontains=text) | Q(number__icontains=text)
        )
    if call:
        found = found.filter(call__number=call)
    if region:
        found = found.filter(Q(region__code=region) | Q(region__reports_to__code=region))
    if status:
        found = found.filter(status=status)
    return found


def dossier(pk: int) -> Application | None:
    """The dossier with what every page of it shows; one query."""
    return (
        Application.objects.select_related(*_SHOWN, "call__scheme", "region__parent")
        .filter(pk=pk)
        .first()
    )


def sections_of(application: Application) -> list[Section]:
    return list(application.sections.select_related("updated_by"))


def live_files(application: Application) -> list[Attachment]:
    return list(
        application.attachments.filter(removed_at=None).select_related("uploaded_by").order_by("pk")
    )


def submissions_of(application: Application) -> list[Submission]:
    """All versions, the latest first."""
    return list(application.submissions.select_related("submitted_by").order_by("-version"))


def receipt(number: str) -> Submission | None:
    """The submission of a receipt number, for whoever verifies it."""
    return (
        Submission.objects.select_related("application__call", "application__firm")
        .filter(receipt=number)
        .first()
    )


def is_fillable(status: str) -> bool:
    return Status(status) in (Status.DRAFT, Status.RETURNED)
