"""The firm's mark for a closed request."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.refusals import Invalid, NotVisible, WrongState
from audit.services import record
from secretaries import facts, rules
from secretaries.models import RequestStatus, Satisfaction, ServiceRequest
from secretaries.services.request_rows import lock_request, require_status


@transaction.atomic
def rate_request(
    *, request: ServiceRequest, score: int, comment: str = "", by: User
) -> Satisfaction:
    """1 to 5 from the firm, once, after the request is closed."""
    row, now, _serves = lock_request(request)
    if not rules.speaks_for_firm(by, row.application):
        raise NotVisible
    require_status(row, RequestStatus.CLOSED)
    if not 1 <= score <= 5:
        raise Invalid(_("Choose from 1 to 5."), "score")
    if Satisfaction.objects.filter(request=row).exists():
        raise WrongState(_("The request has its mark already; it stands."))
    made = Satisfaction.objects.create(
        request=row, score=score, comment=comment.strip()[:400], by=by, at=now
    )
    record(
        action="request.rate",
        obj=made,
        by=by,
        after=facts.satisfaction_facts(made),
        scope=row.application.call.number,
    )
    return made
