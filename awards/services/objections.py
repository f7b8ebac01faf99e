"""异议: by real name and with proof, against one item; admitted, only that is held."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import contacts, identity
from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users_with_role
from applications import uploads
from applications.models import Application
from applications.services.lifecycle import Move, advance_held, tell_firms
from applications.services.lifecycle import lock as lock_dossier
from applications.workflow import Status
from audit import clock
from audit.refusals import Invalid, NotPermitted, TooLate
from audit.services import Entry, record_all
from awards.models import NoticeItem, Objection, ObjectionFile, PublicNotice
from awards.rules import require
from awards.selectors.people import firm_people
from awards.services.kept_files import store_file
from awards.services.objection_rows import lock_objection, objection_entry
from calendars.deadlines import due
from calendars.instants import end_of_day
from calendars.selectors import working_days
from calendars.wording import day_of, period_text
from notifications.services import Dispatch, notify

MERIT = "merit"  # what many would choose, and no ground
MOST_FILES = 10
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
    proof: "Sequence[UploadedFile[Any]]",
    by: User | None = None,
) -> Objection:
    """File an objection with its proof during the notice period, against one of its projects.

    Anonymous ones, those without proof and differences of scientific opinion are refused. Numbers
    run without a gap however many are filed at once: the notice's row is held while one is taken.
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
    checked = _check_proof(proof)
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
    ObjectionFile.objects.bulk_create(
        store_file(ObjectionFile(objection=objection), upload, facts, str(objection.pk))
        for upload, facts in checked
    )
    record_all([objection_entry("file", objection, by)])
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
    if ground == MERIT:
        raise Invalid(
            _(
                "A different opinion on scientific or technical merit is not a ground: the experts'"
                " marks stand. If a statement of the dossier is false, an expert should have stood"
                " aside or a rule was broken, choose that ground and attach the proof; a firm reads"
                " how its own points came about in its dossier."
            ),
            field="ground",
        )
    if ground not in GROUNDS:
        raise Invalid(_("Choose one of the grounds."), field="ground")


def _check_proof(
    proof: "Sequence[UploadedFile[Any]]",
) -> "list[tuple[UploadedFile[Any], uploads.Checked]]":
    if not proof:
        raise Invalid(
            _("Attach at least one piece of proof, for example a photograph or a document."),
            field="proof",
        )
    if len(proof) > MOST_FILES:
        raise Invalid(_("Attach at most %(most)s files.") % {"most": MOST_FILES}, field="proof")
    try:
        return [(upload, uploads.check(upload)) for upload in proof]
    except Invalid as refused:
        refused.field = "proof"
        raise


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


def _handle(objection: Objection, status: str, finding: str, by: User) -> tuple[Objection, Entry]:
    """The objection, examined; the caller records the event."""
    require(by, Role.PROGRAMME_OFFICER)
    if len(finding.strip()) < 10:
        raise Invalid(
            _("Write in at least ten characters what you found when you looked into it."),
            field="finding",
        )
    locked, now = lock_objection(objection, "filed")
    if locked.filed_by_id == by.pk:
        raise NotPermitted(_("Whoever filed the objection may not examine it. Ask a colleague."))
    locked.status, locked.handled_by, locked.handled_at = status, by, now
    locked.finding = finding.strip()
    locked.save(update_fields=["status", "handled_by", "handled_at", "finding"])
    step, role = "accept" if status == "accepted" else "refuse", Role.PROGRAMME_OFFICER
    return locked, objection_entry(
        step, locked, by, role=role, source="filed", reason=locked.finding
    )


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
