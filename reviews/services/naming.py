"""申请回避: an officer's word on namesakes, before the draw."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call
from audit import clock
from audit.refusals import Invalid
from audit.services import record
from reviews.models import Expert, NamedDecision
from reviews.rules import require, require_apart, standing
from reviews.selectors.draws import candidates
from reviews.selectors.naming import Match, namings, obstacle, with_named

SHORTEST_REASON, LONGEST_REASON = 4, 400


@transaction.atomic
def decide_named(
    *, application: Application, expert: Expert, same: bool, reason: str, by: User
) -> NamedDecision:
    """Say whether the person a firm named is this expert, where only the name agrees.

    Until a draw is prepared the last word counts; each stays on record. What is certain (the
    employer agrees too) nobody decides otherwise. Raises NotPermitted, WrongState, Invalid.
    """
    require(by, Role.PROGRAMME_OFFICER)
    call = Call.objects.select_for_update().get(pk=application.call_id)
    require_apart(by, call)
    for match in _namesakes(call, application, expert):
        if (refused := obstacle(call, application, match)) is not None:
            raise refused
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(_("Say in 4 to 400 characters how you know."), field="reason")
    decision = NamedDecision.objects.create(
        application=application,
        expert=expert,
        same=same,
        reason=reason.strip(),
        decided_by=by,
        decided_at=clock.now(),
    )
    record(
        action="named.decide",
        obj=decision,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        reason=decision.reason,
        after={"application": application.number, "expert": expert.pseudonym, "same": same},
        scope=call.number,
    )
    return decision


def _namesakes(call: Call, application: Application, expert: Expert) -> list[Match]:
    """Whom the firm named of the expert's name."""
    dossier = with_named(standing(call)).filter(pk=application.pk)
    found = [
        match
        for row in namings(list(dossier), candidates(call))
        for match in row.matches
        if match.expert.pk == expert.pk
    ]
    if not found:
        raise Invalid(_("The firm named nobody of this name."), field="expert")
    return found
