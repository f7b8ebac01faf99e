"""申请回避: an officer's word on namesakes, before the draw."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from reviews.models import Draw, Expert, NamedDecision, Recusal
from reviews.rules import require, require_apart, standing
from reviews.selectors.draws import candidates
from reviews.selectors.naming import namings, with_named

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
    if call.status != CallStatus.SCREENED:
        raise WrongState(_("This is decided between the grouping and the draw."))
    if Draw.objects.filter(call=call).exclude(status="void").exists():
        raise WrongState(_("The list of candidates is frozen; a supervisor voids the draw first."))
    if Recusal.objects.filter(expert=expert, application=application).exists():
        raise WrongState(_("The expert is recused from this dossier since an earlier draw."))
    _require_namesake(call, application, expert)
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


def _require_namesake(call: Call, application: Application, expert: Expert) -> None:
    """The firm named somebody of the expert's name, whom no employer tells apart."""
    dossier = with_named(standing(call)).filter(pk=application.pk)
    found = [
        match
        for row in namings(list(dossier), candidates(call))
        for match in row.matches
        if match.expert.pk == expert.pk
    ]
    if not found:
        raise Invalid(_("The firm named nobody of this name."), field="expert")
    if any(match.certain for match in found):
        raise WrongState(_("Name and employer agree: the expert is kept from this dossier."))
