"""Departures from the rank: one dossier held back or lifted, with a reason and a second person."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application
from audit import clock
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.services import record
from awards.facts import deviation_facts
from awards.models import Deviation, FundingList
from awards.rules import require
from awards.services.funding import lock_draft
from awards.services.line import compute_line, write_items
from awards.services.withdrawing import withdraw


@transaction.atomic
def propose_deviation(
    *, funding_list: FundingList, application: Application, kind: str, reason: str, by: User
) -> Deviation:
    """Ask to hold one dossier back or lift it above the line; counts once a second officer agrees.

    Refused at once when the line could not be drawn with it (a lift below the floor, or one that
    the envelope cannot carry).
    """
    require(by, Role.PROGRAMME_OFFICER)
    locked = lock_draft(funding_list)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    if kind not in ("hold_back", "lift"):
        raise Invalid(_("Choose whether to hold the dossier back or to lift it."), field="kind")
    if not locked.items.filter(application=application, rank__isnull=False).exists():
        raise Invalid(
            _("Only a dossier with a rank can be held back or lifted."), field="application"
        )
    standing = list(locked.deviations.filter(refused_at__isnull=True))
    if any(d.application_id == application.pk for d in standing):
        raise WrongState(_("A deviation for this dossier is already recorded."))
    asked = Deviation(
        funding_list=locked,
        application=application,
        kind=kind,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=clock.now(),
    )
    compute_line(locked.ranking, locked.envelope, locked.mode, [*standing, asked])
    asked.save(force_insert=True)
    _record("propose", asked, by)
    return asked


def _record(step: str, deviation: Deviation, by: User, role: str = Role.PROGRAMME_OFFICER) -> None:
    record(
        action=f"funding.deviation_{step}",
        obj=deviation,
        by=by,
        role=role,
        reason=deviation.reason,
        after={"list": deviation.funding_list_id, **deviation_facts(deviation)},
        scope=deviation.funding_list.call.number,
    )


def _lock(deviation: Deviation) -> Deviation:
    """The deviation, held, its list being a draft."""
    lock_draft(deviation.funding_list)
    return (
        Deviation.objects.select_for_update(of=("self",))
        .select_related("funding_list__call", "funding_list__ranking")
        .get(pk=deviation.pk)
    )


@transaction.atomic
def withdraw_deviation(*, deviation: Deviation, by: User) -> Deviation:
    """Whoever proposed it takes it back; another can be proposed for the dossier."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = _lock(deviation)
    withdraw(locked, by)
    _record("withdraw", locked, by)
    return locked


def _settle(deviation: Deviation, *, confirm: bool, by: User) -> Deviation:
    role = require(by, Role.PROGRAMME_OFFICER, Role.APPROVER)
    locked = _lock(deviation)
    if locked.confirmed_at or locked.refused_at:
        raise WrongState(_("This deviation has already been settled."))
    if locked.proposed_by_id == by.pk:
        raise NotPermitted(_("Whoever proposed the deviation may not settle it. Ask a colleague."))
    if confirm:
        locked.confirmed_by, locked.confirmed_at = by, clock.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        write_items(locked.funding_list)
    else:
        locked.refused_by, locked.refused_at = by, clock.now()
        locked.save(update_fields=["refused_by", "refused_at"])
    _record("confirm" if confirm else "refuse", locked, by, role)
    return locked


@transaction.atomic
def confirm_deviation(*, deviation: Deviation, by: User) -> Deviation:
    """A second person agrees; the line is drawn anew. Refused if the line cannot be drawn so."""
    return _settle(deviation, confirm=True, by=by)


@transaction.atomic
def refuse_deviation(*, deviation: Deviation, by: User) -> Deviation:
    """A second person disagrees; the list stays as the rules draw it."""
    return _settle(deviation, confirm=False, by=by)
