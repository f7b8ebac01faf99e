"""异议: by real name, against one item; only that is held; upheld, it is out."""

from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import contacts, identity
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications.models import Application, Call
from applications.services.lifecycle import Move, advance_held, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, TooLate, WrongState
from audit.services import Entry, record_all
from awards.facts import objection_facts
from awards.models import NoticeItem, Objection, PublicNotice
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.reserve import drop_out
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of, period_text
from notifications.services import Dispatch, notify

GROUNDS = dict(Objection._meta.get_field("ground").flatchoices)


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
    """File an objection during the notice period, against one of its projects.

    Anonymous ones and differences of scientific opinion are refused. Numbers run without a gap
    however many are filed at once: the notice's row is held while one is taken.
    """
    held: Any = (
        PublicNotice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("call")
        .annotate(now=clock.NOW)
        .get(pk=notice.pk)
    )
    _check(held, application, ground, day_of(held.now))
    named = {
        "objector_name": objector_name.strip(),
        "objector_identity": identity.normalise(objector_identity),
        "objector_contact": contacts.normalise(objector_contact),
        "text": text.strip(),
    }
    _check_named(named)
    days = held.call.rule_set.objection_answer_days
    deadline = due(day_of(held.now), days, working_days())
    objection = Objection.objects.create(
        notice=held,
        application=application,
        number=f"{held.number}-O{held.objections.count() + 1}",
        ground=ground,
        filed_at=held.now,
        filed_by=by,
        due_at=end_of_day(deadline.day),
        provisional=deadline.provisional,
        **named,
    )
    record_all([_entry("file", objection, by)])
    notify(
        kind="objection.filed",
        recipients=users_with_role(Role.PROGRAMME_OFFICER),
        key=f"objection.filed:{objection.pk}",
        context={"number": objection.number, "title": application.title, "due": objection.due_at},
        url=f"/objections/{objection.pk}/",
        about=objection,
    )
    return objection


def _check(notice: PublicNotice, application: Application, ground: str, today: date) -> None:
    if not NoticeItem.objects.filter(notice=notice, application=application).exists():
        raise Invalid(_("This project is not part of the notice."), field="application")
    if not notice.starts_on <= today <= notice.ends_on:
        raise TooLate(
            _("Objections to this notice are accepted in its period only: %(period)s.")
            % {
                "period": period_text(
                    notice.starts_on, notice.ends_on, get_language() or "", year_now=None
                )
            }
        )
    if ground not in GROUNDS:
        raise Invalid(
            _("Choose one of the grounds. A different opinion on merit is not one."), field="ground"
        )


def _check_named(named: dict[str, str]) -> None:
    for field, least in (("objector_name", 2), ("text", 20)):
        if len(named[field]) < least:
            raise Invalid(
                _(
                    "An objection needs a real name, an identity number, a way to reach you and the"
                    " facts in at least twenty characters."
                ),
                field=field,
            )
    for field, fault in (
        ("objector_identity", identity.fault),
        ("objector_contact", contacts.fault),
    ):
        wrong = fault(named[field])
        if wrong is not None:
            raise Invalid(wrong, field=field)


def _entry(
    step: str,
    objection: Objection,
    by: User | None,
    *,
    role: str = "",
    source: str = "",
    reason: str = "",
) -> Entry:
    return Entry(
        action=f"objection.{step}",
        obj=objection,
        by=by,
        role=role,
        source=source,
        target=objection.status,
        reason=reason,
        after=objection_facts(objection),
        scope=objection.notice.call.number,
    )


def _lock(objection: Objection, status: str) -> tuple[Objection, datetime]:
    """The objection, held, and the instant."""
    locked = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("application", "notice__call")
        .annotate(now=clock.NOW)
        .get(pk=objection.pk)
    )
    if locked.status != status:
        raise WrongState(_("This objection has already been dealt with at this step."))
    return locked, locked.now


def _handle(objection: Objection, status: str, finding: str, by: User) -> tuple[Objection, Entry]:
    """The objection, examined; the caller records the event."""
    require(by, Role.PROGRAMME_OFFICER)
    if len(finding.strip()) < 10:
        raise Invalid(
            _("Write in at least ten characters what you found when you looked into it."),
            field="finding",
        )
    locked, now = _lock(objection, "filed")
    if locked.filed_by_id == by.pk:
        raise NotPermitted(_("Whoever filed the objection may not examine it. Ask a colleague."))
    locked.status, locked.handled_by, locked.handled_at = status, by, now
    locked.finding = finding.strip()
    locked.save(update_fields=["status", "handled_by", "handled_at", "finding"])
    step, role = "accept" if status == "accepted" else "refuse", Role.PROGRAMME_OFFICER
    return locked, _entry(step, locked, by, role=role, source="filed", reason=locked.finding)


@transaction.atomic
def accept_objection(*, objection: Objection, finding: str, by: User) -> Objection:
    """Admit an objection: that item alone is held until the answer."""
    locked, entry = _handle(objection, "accepted", finding, by)
    application = lock_dossier(locked.application)
    held = application.status == Status.ON_NOTICE
    moves = [Move(application=application, step="hold", reason=locked.number)] if held else []
    told = Dispatch(
        kind="objection.accepted",
        recipients=[*firm_people(application), *users_with_role(Role.APPROVER)],
        key=f"objection.accepted:{locked.pk}",
        context={"title": application.title, "number": locked.number},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )
    tell_firms(advance_held(moves, by=by, others=[entry]), told)
    return locked


@transaction.atomic
def refuse_objection(*, objection: Objection, finding: str, by: User) -> Objection:
    """Refuse an inadmissible objection with its reason; nothing is held."""
    locked, entry = _handle(objection, "refused", finding, by)
    record_all([entry])
    return locked


@transaction.atomic
def answer_objection(*, objection: Objection, upheld: bool, answer: str, by: User) -> Objection:
    """Decide: not upheld releases the item; upheld disqualifies it and the reserve moves up."""
    require(by, Role.APPROVER)
    if len(answer.strip()) < 10:
        raise Invalid(_("Give the answer in writing, in at least ten characters."), field="answer")
    Call.objects.select_for_update().get(pk=objection.application.call_id)
    locked, now = _lock(objection, "accepted")
    if by.pk in (locked.handled_by_id, locked.filed_by_id):
        raise NotPermitted(
            _("Whoever filed or looked into the objection may not decide on it. Ask a colleague.")
        )
    locked.status = "upheld" if upheld else "rejected"
    locked.answered_by, locked.answered_at, locked.answer = by, now, answer.strip()
    locked.save(update_fields=["status", "answered_by", "answered_at", "answer"])
    _settle(locked, lock_dossier(locked.application), now, by)
    return locked


def _answered(objection: Objection, application: Application, recipients: list[User]) -> Dispatch:
    return Dispatch(
        kind=f"objection.{objection.status}",
        recipients=recipients,
        key=f"objection.answered:{objection.pk}",
        context={"title": application.title, "number": objection.number},
        url=f"/dossiers/{application.pk}/",
        about=application,
    )


def _settle(objection: Objection, application: Application, now: datetime, by: User) -> None:
    """The project leaves the list, or is free again unless another objection still holds it."""
    number, reason = objection.number, objection.answer
    entry = _entry("answer", objection, by, role=Role.APPROVER, source="accepted", reason=reason)
    tell = partial(_answered, objection, application)
    on_notice = application.status in (Status.ON_NOTICE, Status.OBJECTION_HOLD)
    if objection.status == "upheld" and on_notice:
        drop_out(application, number, now, by, others=[entry], tell=tell)
        return
    is_free = (
        objection.status == "rejected"
        and application.status == Status.OBJECTION_HOLD
        and not Objection.objects.filter(application=application, status="accepted").exists()
    )
    moves = [Move(application=application, step="release", reason=number)] if is_free else []
    people = [*firm_people(application), *users_with_role(Role.PROGRAMME_OFFICER)]
    tell_firms(advance_held(moves, by=by, others=[entry]), tell(people))
