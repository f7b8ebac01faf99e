"""公平竞争审查: the scheme's fair-competition review, without which no call is published."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import FairCompetitionReview, Scheme
from applications.services.call_rows import require_officer
from audit import clock
from audit.refusals import Invalid
from audit.services import record


@transaction.atomic
def record_competition_review(
    *,
    scheme: Scheme,
    reviewed_on: date,
    document_no: str,
    conclusion: str,
    expires_on: date,
    exception_relied_on: str = "",
    by: User,
) -> FairCompetitionReview:
    """Enter the scheme's 公平竞争审查 (its regulation, arts. 10, 12, 18); never altered later."""
    require_officer(by)
    if not document_no.strip():
        raise Invalid(_("Give the number of the review's document."), "document_no")
    if not conclusion.strip():
        raise Invalid(_("Give the review's conclusion."), "conclusion")
    if expires_on < reviewed_on:
        raise Invalid(_("The review cannot expire before it was made."), "expires_on")
    if reviewed_on > clock.today():
        raise Invalid(_("The review cannot lie in the future."), "reviewed_on")
    review = FairCompetitionReview.objects.create(
        scheme=scheme,
        reviewed_on=reviewed_on,
        document_no=document_no.strip(),
        conclusion=conclusion.strip(),
        exception_relied_on=exception_relied_on.strip(),
        expires_on=expires_on,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    record(
        action="scheme.competition_review",
        obj=scheme,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"review": review.pk, "document": review.document_no, "expires": expires_on},
    )
    return review
