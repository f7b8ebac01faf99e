"""A firm's answer to a part of what it asked for. Declined, or not answered by its date, the money
goes on down the reserve list by the rule frozen with the call.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import is_owner
from accounts.selectors import users_with_role
from applications.models import Application, Call
from applications.wording import on_record
from applications.workflow import Status
from audit import clock
from audit.refusals import NotPermitted, NotVisible, TooLate, WrongState
from audit.services import Entry, record_all
from awards.facts import part_facts
from awards.models import FundingItem, Outcome
from awards.rules import require
from awards.services.reserve import drop_out
from notifications.services import Dispatch, notify_all

DECLINED = _("the part offered was declined")
SILENT = _("the part offered was not answered in time")


@transaction.atomic
def answer_part(*, item: FundingItem, agree: bool, by: User) -> FundingItem:
    """The firm's owner agrees to the part offered, or declines it; once, by its date.

    Declined, the project leaves the list and who is next moves up at once.
    """
    if not is_owner(by, item.application.firm_id):
        raise NotPermitted(_("Only an owner of the firm agrees to a smaller sum."))
    locked, application, now = _lock(item)
    if locked.consent:
        raise WrongState(_("Your firm has already answered this offer."))
    if is_over(locked, now):
        raise TooLate(_("The time to answer this offer is over."))
    _write(locked, "given" if agree else "refused", now, by)
    action = "funding.part_agreed" if agree else "funding.part_declined"
    entry = _entry(action, locked, application, by)
    told = _to_office(action, locked, application)
    if agree:
        record_all([entry])
        notify_all([told])
    else:
        why = on_record(DECLINED)
        drop_out(application, why, now, by, step="decline_part", others=[entry], messages=[told])
    return locked


@transaction.atomic
def lapse_part(*, item: FundingItem, by: User) -> FundingItem:
    """The officer records that a firm did not answer in time: that counts as declined."""
    require(by, Role.PROGRAMME_OFFICER)
    locked, application, now = _lock(item)
    if locked.consent:
        raise WrongState(_("The firm has already answered this offer."))
    if not is_over(locked, now):
        raise WrongState(_("The firm still has time to answer. Wait until its date has passed."))
    _write(locked, "silent", now, by)
    entry = _entry("funding.part_lapsed", locked, application, by, Role.PROGRAMME_OFFICER)
    told = partial(_told, "funding.part_lapsed", locked, application)
    why = on_record(SILENT)
    drop_out(application, why, now, by, step="lapse_part", others=[entry], tell=told)
    return locked


def is_over(item: FundingItem, now: datetime) -> bool:
    """Whether the firm's time to answer has passed; never while its last day is provisional."""
    return item.answer_due is not None and not item.answer_provisional and now > item.answer_due


def _lock(item: FundingItem) -> tuple[FundingItem, Application, datetime]:
    """The offer that stands, its dossier and call held, and the instant."""
    Call.objects.select_for_update().get(pk=item.application.call_id)
    locked = (
        FundingItem.objects.select_for_update(of=("self", "application"))
        .select_related("funding_list__call", "application__call", "application__firm")
        .annotate(now=clock.NOW)
        .get(pk=item.pk)
    )
    application = locked.application
    if locked.funding_list.status != "approved" or locked.outcome != Outcome.PARTIAL:
        raise NotVisible
    if application.status != Status.PROPOSED and not locked.consent:
        raise WrongState(_("The offer no longer stands."))
    return locked, application, locked.now


def _write(item: FundingItem, consent: str, now: datetime, by: User) -> None:
    item.consent, item.consent_by, item.consent_at = consent, by, now
    item.save(update_fields=["consent", "consent_by", "consent_at"])


def _entry(
    action: str, item: FundingItem, application: Application, by: User, role: str = ""
) -> Entry:
    return Entry(
        action=action,
        obj=item,
        by=by,
        role=role,
        after={"application": application.number, "amount": item.amount, **part_facts(item)},
        scope=item.funding_list.call.number,
    )


def _to_office(action: str, item: FundingItem, application: Application) -> Dispatch:
    people = users_with_role(Role.PROGRAMME_OFFICER)
    if item.consent == "refused":
        people |= users_with_role(Role.APPROVER)
    url = f"/funding/{item.funding_list.call.number}/"
    return _told(action, item, application, people, url)


def _told(
    kind: str, item: FundingItem, application: Application, people: Iterable[User], url: str = ""
) -> Dispatch:
    return Dispatch(
        kind=kind,
        recipients=people,
        key=f"funding.part_answered:{item.pk}",
        context={"title": application.title, "amount": item.amount},
        url=url or f"/dossiers/{application.pk}/",
        about=application,
    )
