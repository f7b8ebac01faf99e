"""立项 and 指标下达: awards after the notice period, and the record of the allocation notice."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import Application, Call, CallStatus
from applications.services.calls import advance_call
from applications.services.lifecycle import advance
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import record
from awards import instalments
from awards.models import AllocationNotice, Award, Envelope, Instalment, NoticeItem, Objection
from awards.rules import require
from awards.services.envelopes import commit
from awards.services.funding import promote_next
from awards.services.notices import firm_people
from notifications.services import enqueue, notify


def _ripe(call: Call) -> list[NoticeItem]:
    """Items whose notice is over and against which no objection is open."""
    open_objections = Objection.objects.filter(
        status__in=("filed", "accepted"), notice__call=call
    ).values("application_id")
    return list(
        NoticeItem.objects.filter(
            notice__call=call,
            notice__ends_on__lt=clock.today(),
            application__status=Status.ON_NOTICE,
        )
        .exclude(application_id__in=open_objections)
        .select_related("application", "notice")
        .order_by("item__position")
    )


def _award_one(item: NoticeItem, envelope: Envelope, percents: tuple[int, ...], by: User) -> Award:
    application = item.application
    commit(envelope=envelope, amount=item.amount)
    award = Award.objects.create(
        application=application,
        envelope=envelope,
        amount=item.amount,
        decided_by=by,
        decided_at=clock.now(),
    )
    Instalment.objects.bulk_create(
        Instalment(award=award, sequence=part.number, percent=int(part.percent), amount=part.amount)
        for part in instalments.plan(item.amount, percents)
    )
    record(
        action="award.decide",
        obj=award,
        by=by,
        role=Role.APPROVER,
        target="awarded",
        after={"amount": award.amount, "application": application.number},
        scope=item.notice.call.number,
    )
    advance(application=application, step="award", by=by, reason=item.notice.number)
    enqueue(
        task="secretaries.tasks.appoint",
        key=f"appoint:{application.pk}",
        payload={"application": application.pk},
    )
    notify(
        kind="award.decided",
        recipients=firm_people(application),
        key=f"award.decided:{award.pk}",
        context={"title": application.title, "amount": award.amount},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
    return award


@transaction.atomic
def award(*, call: Call, by: User) -> list[Award]:
    """Award every project whose notice period has passed without an open objection.

    Each sum is committed against the year's envelope; none fits → the whole act is refused.
    """
    require(by, Role.APPROVER)
    call = Call.objects.select_for_update().get(pk=call.pk)
    ripe = _ripe(call)
    if not ripe:
        raise WrongState(
            _("No project can be awarded yet: the notice period runs or an objection is open.")
        )
    envelope = Envelope.objects.filter(scheme=call.scheme, year=call.year).first()
    if envelope is None:
        raise WrongState(_("The year has no envelope yet. The finance officers enter it first."))
    made = [_award_one(item, envelope, call.rule_set.instalments, by) for item in ripe]
    if call.status == CallStatus.ON_NOTICE:
        advance_call(call=call, to=CallStatus.AWARDED, by=by)
    return made


@transaction.atomic
def record_allocation(*, call: Call, number: str, issued_on: date, by: User) -> AllocationNotice:
    """Record the finance department's allocation notice for every award that has none yet."""
    require(by, Role.FINANCE_OFFICER)
    if not number.strip():
        raise Invalid(_("Enter the number of the allocation notice."), field="number")
    if issued_on > clock.today():
        raise Invalid(_("The date lies in the future."), field="issued_on")
    if AllocationNotice.objects.filter(number=number.strip()).exists():
        raise Invalid(_("This number is already recorded."), field="number")
    awards = list(
        Award.objects.select_for_update(of=("self",))
        .filter(application__call=call, allocation__isnull=True, revoked_at__isnull=True)
        .select_related("application")
    )
    if not awards:
        raise WrongState(_("Every award of this call already has its allocation notice."))
    notice = AllocationNotice.objects.create(
        call=call,
        number=number.strip(),
        issued_on=issued_on,
        total=sum((a.amount for a in awards), Decimal(0)),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    Award.objects.filter(pk__in=[a.pk for a in awards]).update(allocation=notice)
    record(
        action="allocation.record",
        obj=notice,
        by=by,
        role=Role.FINANCE_OFFICER,
        after={"number": notice.number, "total": notice.total, "awards": len(awards)},
        scope=call.number,
    )
    for one in awards:
        notify(
            kind="allocation.recorded",
            recipients=firm_people(one.application),
            key=f"allocation.recorded:{one.pk}",
            context={"title": one.application.title, "number": notice.number},
            url=f"/dossiers/{one.application_id}/",
            about=one.application,
        )
    return notice


@transaction.atomic
def disqualify(*, application: Application, reason: str, by: User) -> Application | None:
    """Take a proposed project off the list with a reason; returns the one that moved up, if any."""
    require(by, Role.APPROVER)
    if len(reason.strip()) < 10:
        raise Invalid(_("Give the reason in at least ten characters."), field="reason")
    call = Call.objects.select_for_update().get(pk=application.call_id)
    advance(application=application, step="disqualify", by=by, reason=reason.strip())
    return promote_next(call=call, by=by)


@transaction.atomic
def close_reserve(*, call: Call, by: User) -> int:
    """Close the reserve list: what still waits there is not funded. Returns how many."""
    require(by, Role.PROGRAMME_OFFICER)
    waiting = list(Application.objects.filter(call=call, status=Status.RESERVE))
    open_items = Application.objects.filter(
        call=call, status__in=(Status.PROPOSED, Status.ON_NOTICE, Status.OBJECTION_HOLD)
    )
    if open_items.exists():
        raise WrongState(
            _("Projects are still on notice; the reserve list stays open until they are decided.")
        )
    for application in waiting:
        advance(application=application, step="decline", by=by, reason="reserve list closed")
    return len(waiting)


def ripe_count(call: Call) -> int:
    """How many projects could be awarded now."""
    return len(_ripe(call))
