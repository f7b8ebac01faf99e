"""异议: by real name, against one item; only that item is held; upheld means out and the next moves up."""

from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application
from applications.services.lifecycle import advance
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, TooLate, WrongState
from audit.services import record
from awards.models import NoticeItem, Objection, PublicNotice
from awards.rules import require
from awards.services.funding import promote_next
from awards.services.notices import firm_people
from calendars.deadlines import due
from calendars.selectors import working_days
from notifications.services import notify


def _end_of(day: object) -> datetime:
    return datetime.combine(day, time(17, 0), tzinfo=timezone.get_default_timezone())  # type: ignore[arg-type]  # a date


@transaction.atomic
def file_objection(
    *,
    notice: PublicNotice,
    application: Application,
    objector_name: str,
    objector_identity: str,
    objector_contact: str,
    ground: str,
    text: str,
    by: User | None = None,
) -> Objection:
    """File an objection during the notice period. Anonymous ones and scientific disagreement are refused."""
    now, today = clock.now(), clock.today()
    item = (
        NoticeItem.objects.select_for_update()
        .filter(notice=notice, application=application)
        .first()
    )
    if item is None:
        raise Invalid(_("This project is not part of the notice."), field="application")
    if not notice.starts_on <= today <= notice.ends_on:
        raise TooLate(
            _("Objections were accepted from %(from)s to %(to)s.")
            % {"from": notice.starts_on, "to": notice.ends_on}
        )
    for name, value, least in (
        ("objector_name", objector_name, 2),
        ("objector_identity", objector_identity, 6),
        ("objector_contact", objector_contact, 6),
        ("text", text, 20),
    ):
        if len(value.strip()) < least:
            raise Invalid(
                _(
                    "An objection needs a real name, an identity number, a way to reach you and the facts."
                ),
                field=name,
            )
    if ground not in dict(Objection._meta.get_field("ground").choices or ()):
        raise Invalid(
            _("Choose one of the grounds. A different opinion on merit is not one."), field="ground"
        )
    deadline = due(today, notice.call.rule_set.objection_answer_days, working_days())
    objection = Objection.objects.create(
        notice=notice,
        application=application,
        number=f"{notice.number}-O{notice.objections.select_for_update().count() + 1}",
        objector_name=objector_name.strip(),
        objector_identity=objector_identity.strip(),
        objector_contact=objector_contact.strip(),
        ground=ground,
        text=text.strip(),
        filed_at=now,
        filed_by=by,
        due_at=_end_of(deadline.day),
        provisional=deadline.provisional,
    )
    record(
        action="objection.file",
        obj=objection,
        by=by,
        target="filed",
        after={"application": application.number, "ground": ground},
        scope=notice.call.number,
    )
    notify(
        kind="objection.filed",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"objection.filed:{objection.pk}",
        context={"number": objection.number, "title": application.title},
        url=f"/objections/{objection.pk}/",
        about=objection,
    )
    return objection


def _lock(objection: Objection, status: str) -> Objection:
    locked = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("application", "notice__call")
        .get(pk=objection.pk)
    )
    if locked.status != status:
        raise WrongState(_("This objection has already been dealt with at this step."))
    return locked


@transaction.atomic
def accept_objection(*, objection: Objection, finding: str, by: User) -> Objection:
    """Admit an objection: that item alone is held until the answer."""
    require(by, Role.PROGRAMME_OFFICER)
    locked = _lock(objection, "filed")
    locked.status, locked.handled_by, locked.handled_at = "accepted", by, clock.now()
    locked.finding = finding.strip()
    locked.save(update_fields=["status", "handled_by", "handled_at", "finding"])
    record(
        action="objection.accept",
        obj=locked,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        source="filed",
        target="accepted",
        reason=locked.finding,
        scope=locked.notice.call.number,
    )
    application = Application.objects.get(pk=locked.application_id)
    if application.status == Status.ON_NOTICE:
        advance(application=application, step="hold", by=by, reason=locked.number)
    notify(
        kind="objection.accepted",
        recipients=[*firm_people(application), *users_with_role(Role.APPROVER)],
        key=f"objection.accepted:{locked.pk}",
        context={"title": application.title, "number": locked.number},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
    return locked


@transaction.atomic
def refuse_objection(*, objection: Objection, finding: str, by: User) -> Objection:
    """Refuse an inadmissible objection with its reason; nothing is held."""
    require(by, Role.PROGRAMME_OFFICER)
    if len(finding.strip()) < 10:
        raise Invalid(_("Say why the objection is not admissible."), field="finding")
    locked = _lock(objection, "filed")
    locked.status, locked.handled_by, locked.handled_at = "refused", by, clock.now()
    locked.finding = finding.strip()
    locked.save(update_fields=["status", "handled_by", "handled_at", "finding"])
    record(
        action="objection.refuse",
        obj=locked,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        source="filed",
        target="refused",
        reason=locked.finding,
        scope=locked.notice.call.number,
    )
    return locked


@transaction.atomic
def answer_objection(*, objection: Objection, upheld: bool, answer: str, by: User) -> Objection:
    """Decide: not upheld releases the item; upheld disqualifies it and the reserve list moves up."""
    require(by, Role.APPROVER)
    if len(answer.strip()) < 10:
        raise Invalid(_("Give the answer in writing."), field="answer")
    locked = _lock(objection, "accepted")
    if locked.handled_by_id == by.pk:
        raise NotPermitted(_("Whoever looked into the objection may not decide on it."))
    locked.status = "upheld" if upheld else "rejected"
    locked.answered_by, locked.answered_at, locked.answer = by, clock.now(), answer.strip()
    locked.save(update_fields=["status", "answered_by", "answered_at", "answer"])
    call = locked.notice.call
    record(
        action="objection.answer",
        obj=locked,
        by=by,
        role=Role.APPROVER,
        source="accepted",
        target=locked.status,
        reason=locked.answer,
        scope=call.number,
    )
    application = Application.objects.select_for_update().get(pk=locked.application_id)
    if upheld and application.status in (Status.ON_NOTICE, Status.OBJECTION_HOLD):
        advance(application=application, step="disqualify", by=by, reason=locked.number)
        _tell_promoted(promote_next(call=call, by=by), locked)
    elif not upheld and application.status == Status.OBJECTION_HOLD:
        others = Objection.objects.filter(application=application, status="accepted").exists()
        if not others:
            advance(application=application, step="release", by=by, reason=locked.number)
    notify(
        kind="objection.upheld" if upheld else "objection.rejected",
        recipients=[*firm_people(application), *users_with_role(Role.PROGRAMME_OFFICER)],
        key=f"objection.answered:{locked.pk}",
        context={"title": application.title, "number": locked.number},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
    return locked


def _tell_promoted(application: Application | None, objection: Objection) -> None:
    if application is None:
        return
    notify(
        kind="reserve.promoted",
        recipients=[*firm_people(application), *users_with_role(Role.PROGRAMME_OFFICER)],
        key=f"reserve.promoted:{application.pk}",
        context={"title": application.title, "number": objection.notice.call.number},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
