"""What stands between a proposed call and its publication, and the frozen edition itself."""

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import call_content
from applications.models import Call, CallEdition, FairCompetitionReview, Scheme
from applications.selectors.calls import budget_problems
from audit.clock import SHANGHAI
from audit.digests import canonical, sm3


def opening_problems(row: Call, opening_at: datetime) -> list[call_content.Problem]:
    problems: list[call_content.Problem] = []
    day = opening_at.astimezone(SHANGHAI).date()
    if not any(r.in_force(day) for r in FairCompetitionReview.objects.filter(scheme=row.scheme)):
        problems.append(
            (
                "scheme",
                _(
                    "No fair-competition review of the scheme is in force on the opening day. "
                    "Record one first."
                ),
            )
        )
    # Locked: two calls of one year cannot both take the last of the limit.
    Scheme.objects.select_for_update(no_key=True).get(pk=row.scheme_id)
    return problems + budget_problems(row)


def make_edition(row: Call, by: User, now: datetime) -> CallEdition:
    if row.proposed_by is None:
        raise ValueError("only a proposed call becomes an edition")
    content = call_content.edition_content(row)
    last = CallEdition.objects.filter(call=row).aggregate(last=Max("version"))["last"] or 0
    return CallEdition.objects.create(
        call=row,
        version=last + 1,
        content=content,
        digest=sm3(canonical(content)),
        proposed_by=row.proposed_by,
        published_by=by,
        published_at=now,
    )
