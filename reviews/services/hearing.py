"""答辩: the shortlist by the frozen rule, its order by lot, day and place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.roles import Role
from accounts.selectors import members_by_firm
from applications.models import Call, CallStatus
from applications.services.lifecycle import Move, advance_held, lock_all, page_of, tell_firms
from applications.wording import on_record
from audit import clock
from audit.refusals import Invalid, WrongState
from audit.services import Entry, record_all
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from reviews.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Draw,
    Panel,
    Recusal,
    SeatState,
    Shortlist,
    ShortlistEntry,
    ShortlistState,
    Sitting,
    Stage,
)
from reviews.office_words import OFF_SHORTLIST
from reviews.rules import other_parts, refuse_other_parts, require, tied
from reviews.selectors import hearing as reading
from reviews.selectors.shortlists import digest_of, drawn_up
from reviews.services import access
from reviews.services.quorum import require_scores


def held_call(call: Call, by: User) -> Call:
    """The call, locked, in its hearing stage, for an officer who is no expert of it; with the
    instant as `.now`, whether its shortlist stands as `.listed`, and the `.seed` and the id of the
    draw that does.
    """
    require(by, Role.PROGRAMME_OFFICER)
    drawn = Draw.objects.filter(call=OuterRef("pk"), status="drawn")
    row = (
        Call.objects.select_for_update(of=("self",))
        .annotate(
            now=clock.NOW,
            listed=Exists(Shortlist.objects.filter(call=OuterRef("pk"))),
            seed=Subquery(drawn.values("seed")[:1]),
            draw=Subquery(drawn.values("pk")[:1]),
            **other_parts(by),
        )
        .get(pk=call.pk)
    )
    refuse_other_parts(row)
    if row.status != CallStatus.HEARING:
        raise WrongState(_("The hearing stage is not open in this call."))
    return row


@transaction.atomic
def draw_up_shortlist(*, call: Call, due_at: datetime, by: User) -> Shortlist:
    """Rank the paper review, take the shortlist by the frozen rule and its order from the draw's
    seed; every firm is told. Once for ever.

    `due_at`: until when the experts sign the hearing's sheets.
    """
    held: Any = held_call(call, by)
    if held.listed:
        raise WrongState(_("The shortlist stands already."))
    if due_at <= held.now:
        raise Invalid(_("The deadline must lie in the future."), field="due_at")
    entries = drawn_up(held, held.seed)
    if any(entry.state == ShortlistState.TOO_FEW for entry in entries):
        require_scores(held)
    comes = sum(entry.place is not None for entry in entries)
    if not comes:
        raise WrongState(_("No dossier reaches the merit floor; there is nobody to hear."))
    row = Shortlist.objects.create(
        call=held, draw_id=held.draw, digest=digest_of(entries), made_by=by, made_at=held.now
    )
    for entry in entries:
        entry.shortlist = row
    ShortlistEntry.objects.bulk_create(entries)
    held.scoring_due_at = due_at
    held.save(update_fields=["scoring_due_at"])
    event = Entry(
        action="hearing.shortlist",
        obj=row,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        after={"digest": row.digest, "seed": held.seed, "shortlisted": comes, "due_at": due_at},
        scope=held.number,
    )
    tell_firms(advance_held(_moves(entries), by=by, others=[event]))
    return row


def _moves(entries: Sequence[ShortlistEntry]) -> list[Move]:
    """Each dossier onto the shortlist, or off it with the reason."""
    states = {entry.application_id: entry.state for entry in entries}
    moves = []
    for row in lock_all(sorted(states)):
        if states[row.pk] == ShortlistState.SHORTLISTED:
            moves.append(Move(application=row, step="shortlist"))
        else:
            why = on_record(OFF_SHORTLIST[states[row.pk]])
            moves.append(Move(application=row, step="leave_off_shortlist", reason=why))
    return moves


def _lay_out(panel: Panel, now: datetime) -> tuple[list[User], list[str]]:
    """A panel's shortlisted dossiers before its experts who declared no conflict and are not
    recused; returns whom, and the pseudonyms of those with a tie on record by now.
    """
    mine = {"expert": OuterRef("expert"), "application": OuterRef("application")}
    declared = Declaration.objects.filter(
        seat=OuterRef("seat"), application=OuterRef("application"), conflict=False
    )
    on_paper = (
        Assignment.objects.filter(
            Exists(declared),
            ~Exists(Recusal.objects.filter(**mine)),
            stage=Stage.PAPER,
            panel=panel,
            application__hearing__place__isnull=False,
            seat__state=SeatState.ACCEPTED,
            seat__draw__status="drawn",
        )
        .annotate(tied=tied(day_of(now)))
        .select_related("expert__user")
        .order_by("pk")
    )
    rows: list[Assignment] = list(on_paper)
    free = [row for row in rows if not row.tied]  # type: ignore[attr-defined]  # annotated
    Assignment.objects.bulk_create(
        Assignment(
            seat_id=row.seat_id,
            panel_id=row.panel_id,
            expert_id=row.expert_id,
            application_id=row.application_id,
            submission_id=row.submission_id,
            stage=Stage.HEARING,
            state=AssignmentState.OPEN,
        )
        for row in free
    )
    access.open_pairs((row.expert.user_id, row.application_id) for row in free)
    people = {row.expert.user_id: row.expert.user for row in free}
    tied_ = {row.expert.pseudonym for row in rows if row not in free}
    return list(people.values()), sorted(tied_)


@transaction.atomic
def set_sitting(*, panel: Panel, starts_at: datetime, venue: str, by: User) -> Sitting:
    """Say when and where a panel hears its dossiers, or say it anew before it has begun. Each firm
    is told its own time, the experts the panel's; at the first time the dossiers are laid before
    them again.
    """
    held: Any = held_call(panel.call, by)
    entries = reading.heard_by(panel)
    if not entries:
        raise WrongState(_("This panel has no dossier on the shortlist."))
    sitting = getattr(entries[0].panel, "sitting", None)
    before = {} if sitting is None else {"starts_at": sitting.starts_at, "venue": sitting.venue}
    if sitting is not None and sitting.starts_at <= held.now:
        raise WrongState(_("The sitting has begun; its time stands."))
    _require_time(starts_at, venue, held.now)
    sitting = sitting or Sitting(panel=panel)
    sitting.starts_at, sitting.venue = starts_at, venue.strip()
    sitting.set_by, sitting.set_at = by, held.now
    slots = _slots(entries, sitting, held)
    sitting.save()
    after = {"panel": panel.number, "starts_at": starts_at, "venue": sitting.venue}
    if before:
        people = _heard_by(panel)
    else:
        people, after["tied"] = _lay_out(panel, held.now)
    event = Entry(
        action="hearing.sitting",
        obj=sitting,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        before=before,
        after=after,
        scope=held.number,
    )
    record_all([event])
    notify_all([*_to_firms(slots, sitting), _to_panel(sitting, held, people)])
    return sitting


def _require_time(starts_at: datetime, venue: str, now: datetime) -> None:
    if not venue.strip():
        raise Invalid(_("Say where the panel sits."), field="venue")
    if starts_at <= now:
        raise Invalid(_("The sitting must lie in the future."), field="starts_at")


def _slots(
    entries: Sequence[ShortlistEntry], sitting: Sitting, call: Call
) -> dict[ShortlistEntry, reading.Slot]:
    """Each dossier's own time, all before the experts' deadline."""
    for entry in entries:
        entry.panel.sitting = sitting
    slots = {entry: slot for entry in entries if (slot := reading.slot_at(entry, call))}
    last = max(slot.ends for slot in slots.values())
    if call.scoring_due_at is not None and last > call.scoring_due_at:
        raise Invalid(
            _("The last hearing would end after the experts' deadline. Give them more time first."),
            field="starts_at",
        )
    return slots


def _to_firms(slots: dict[ShortlistEntry, reading.Slot], sitting: Sitting) -> list[Dispatch]:
    people = members_by_firm(
        {entry.application.firm_id for entry in slots}, Level.OWNER, Level.EDITOR
    )
    return [
        Dispatch(
            kind="hearing.slot",
            recipients=people[entry.application.firm_id],
            key=f"hearing.slot:{entry.pk}:{sitting.set_at.isoformat()}",
            context={
                "number": entry.application.number or "",
                "title": entry.application.title,
                "begins": slot.begins,
                "venue": slot.venue,
                "place": slot.place,
            },
            url=page_of(entry.application),
            about=entry.application,
        )
        for entry, slot in slots.items()
    ]


def _heard_by(panel: Panel) -> list[User]:
    """The experts before whom the panel's dossiers lie."""
    heard = Assignment.objects.filter(panel=panel, stage=Stage.HEARING, state=AssignmentState.OPEN)
    return list(User.objects.filter(pk__in=heard.values("expert__user")).order_by("pk"))


def _to_panel(sitting: Sitting, call: Call, people: Sequence[User]) -> Dispatch:
    return Dispatch(
        kind="hearing.sitting",
        recipients=people,
        key=f"hearing.sitting:{sitting.panel_id}:{sitting.set_at.isoformat()}",
        context={
            "call": call.number,
            "panel": sitting.panel.number,
            "begins": sitting.starts_at,
            "venue": sitting.venue,
            "due": call.scoring_due_at,
        },
        url="/my-reviews/",
        about=call,
    )
