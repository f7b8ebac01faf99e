"""打分: marks saved while one types, and dossiers finished. Signing is in `signing`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acting_role, has_role
from applications.models import CallStatus
from applications.sheet import Problem, Sheet
from audit import clock
from audit.refusals import NotVisible, TooLate, WrongState
from audit.services import Entry as Event
from audit.services import record_all
from calendars.wording import moment_text
from reviews.models import Assignment, AssignmentState, Mark, SeatState, SheetImport, Stage
from reviews.rules import SCORABLE, SCRIBES, may_type_in
from reviews.selectors.hearing import slot_of
from reviews.selectors.sheets import problems_of, sheet_of
from reviews.services.marking import Entry, MarksConflict, NotFinished, Overall, Typed, check
from reviews.wording import problem_text


def lock_open(pks: Iterable[int], by: User, paper: SheetImport | None = None) -> list[Assignment]:
    """Assignments of one seat and stage that the person may mark now, locked: their own, or those
    of `paper` that they checked against it. Each with the instant as `.now`.
    """
    locked = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "seat", "expert", "application")
        .filter(pk__in=set(pks))
        .annotate(now=clock.NOW)
        .order_by("pk")
    )
    rows: list[Assignment] = list(locked)
    if len({(row.seat_id, row.stage) for row in rows}) != 1:
        raise NotVisible
    for row in rows:
        if paper is None and not (row.expert.user_id == by.pk and row.expert.active):
            raise NotVisible
        if paper is not None and not (row.seat_id == paper.seat_id and row.expert.active):
            raise NotVisible
        if paper is not None and row.stage != paper.stage:
            raise NotVisible
    if not (may_type_in(by, paper) if paper else has_role(by, Role.EXPERT)):
        raise NotVisible
    for row in rows:
        require_scorable(row, row.now)  # type: ignore[attr-defined]  # annotated above
    return rows


def require_scorable(assignment: Assignment, now: datetime | None = None) -> None:
    """Refuse unless declared on, unsigned, in an open review, within its time."""
    if assignment.state == AssignmentState.LOCKED:
        raise WrongState(
            _("You have signed; your marks are locked and cannot be changed by anybody.")
        )
    if assignment.state == AssignmentState.RECUSED:
        raise WrongState(_("You are recused from this dossier; it takes no marks from you."))
    if assignment.seat.state != SeatState.ACCEPTED or assignment.state not in SCORABLE:
        raise WrongState(_("This dossier is not open to you. Declare on it first."))
    call = assignment.panel.call
    if assignment.stage == Stage.HEARING:
        require_begun(assignment, now or clock.now())
    elif call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    if call.scoring_due_at and (now or clock.now()) >= call.scoring_due_at:
        raise TooLate(
            _("The time for scoring has passed; nothing was saved. Tell the programme officer.")
        )


def require_begun(assignment: Assignment, now: datetime) -> None:
    """Refuse before the dossier's own time at the hearing, and after the stage is closed."""
    if assignment.panel.call.status != CallStatus.HEARING:
        raise WrongState(_("The hearing stage is not open in this call."))
    time = slot_of(assignment.application)
    if time is None:
        raise WrongState(_("Day and place of this hearing are not set yet."))
    if now < time.begins:
        raise WrongState(
            _("This hearing begins %(at)s; marks are given from then on.")
            % {"at": moment_text(time.begins, get_language() or "", year_now=now.year)}
        )


def save_mark(
    *,
    assignment: Assignment,
    leaf: str,
    tier: int | None,
    score: Decimal | None,
    comment: str,
    version: int,
    by: User,
) -> Mark:
    """Save one mark as typed, complete or not; what is out of range is refused.

    `version` is the one the page was drawn with; another one means a second tab: Conflict.
    """
    entry = Entry(leaf, tier, score, comment, version)
    save_marks(assignment=assignment, entries=[entry], by=by)
    return Mark.objects.get(assignment=assignment, leaf=leaf)


def save_overall(*, assignment: Assignment, comment: str, version: int, by: User) -> Assignment:
    """Save the overall comment on a dossier."""
    return save_marks(assignment=assignment, entries=[], overall=Overall(comment, version), by=by)


def save_marks(
    *,
    assignment: Assignment,
    entries: Sequence[Entry],
    overall: Overall | None = None,
    finish: bool = False,
    by: User,
) -> Assignment:
    """Save a page's marks and overall comment together: `save_sheets` with one dossier."""
    typed = Typed(assignment.pk, entries, overall)
    return save_sheets(typed=[typed], finish=finish, by=by)[0]


@transaction.atomic
def save_sheets(
    *,
    typed: Sequence[Typed],
    finish: bool = False,
    paper: SheetImport | None = None,
    by: User,
) -> list[Assignment]:
    """Save what was typed on some dossiers of a seat, all or none; as many queries for any number.

    What says the same as what stands is left alone whatever its version, so that a page sent twice
    is saved once. A finished dossier that changes is open again; with `finish` it is finished if
    nothing is missing, and stays open otherwise. `paper`: the sheets these marks were typed in
    from, by the one who checked them. Raises MarksConflict, Invalid.
    """
    rows = lock_open((one.assignment for one in typed), by, paper)
    sheet = sheet_of(rows[0].panel, rows[0].stage)
    for one in typed:
        check(sheet, one)
    pages = _pages(rows, typed)
    if stale := {page.row.pk: page.stale for page in pages if page.stale}:
        raise MarksConflict(stale)
    role = _role(by, paper)
    events = _reopen([page.row for page in pages if page.is_changed], by, role)
    _write(pages)
    _write_overall(pages)
    if finish:
        whole = [p.row for p in pages if not missing_of(p.row, sheet, p.marks.values())]
        events += _finish(whole, by, role)
    record_all(events)
    return rows


@dataclass(slots=True)
class _Page:
    """One dossier: what stands, what is changed by what was typed, and what is out of date."""

    row: Assignment
    marks: dict[str, Mark]
    changed: list[Entry]
    overall: Overall | None
    stale: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, row: Assignment, typed: Typed, marks: dict[str, Mark]) -> "_Page":
        changed = [e for e in typed.entries if not e.says_what(marks.get(e.leaf) or Mark())]
        overall = typed.overall
        if overall is not None and overall.comment.strip() == row.overall_comment:
            overall = None
        stale = [
            e.leaf
            for e in changed
            if e.version != (marks[e.leaf].version if e.leaf in marks else 0)
        ]
        if overall is not None and overall.version != row.overall_version:
            stale.append("")
        return cls(row, marks, changed, overall, tuple(stale))

    @property
    def is_changed(self) -> bool:
        return bool(self.changed) or self.overall is not None


def _pages(rows: Iterable[Assignment], typed: Sequence[Typed]) -> list[_Page]:
    """What was typed beside what stands. One query."""
    by_pk = {one.assignment: one for one in typed}
    marks: dict[int, dict[str, Mark]] = {row.pk: {} for row in rows}
    for mark in Mark.objects.filter(assignment__in=marks):
        marks[mark.assignment_id][mark.leaf] = mark
    return [_Page.of(row, by_pk[row.pk], marks[row.pk]) for row in rows]


def stale_of(typed: Sequence[Typed]) -> dict[int, tuple[str, ...]]:
    """What has changed since it was typed: leaves by assignment, as MarksConflict. Reads only."""
    rows = list(Assignment.objects.filter(pk__in=[one.assignment for one in typed]).order_by("pk"))
    return {page.row.pk: page.stale for page in _pages(rows, typed) if page.stale}


def _write(pages: Sequence[_Page]) -> None:
    """Add and change rows; the pages' `marks` then hold what stands."""
    new, known = [], []
    for page in pages:
        for entry in page.changed:
            mark = Mark(
                assignment=page.row,
                leaf=entry.leaf,
                tier=entry.tier,
                score=entry.score,
                comment=entry.comment.strip(),
                version=entry.version + 1,
                updated_at=page.row.now,  # type: ignore[attr-defined]  # of `lock_open`
            )
            if entry.leaf in page.marks:
                mark.pk = page.marks[entry.leaf].pk
                known.append(mark)
            else:
                new.append(mark)
            page.marks[entry.leaf] = mark
    if new:
        Mark.objects.bulk_create(new)
    if known:
        Mark.objects.bulk_update(known, ["tier", "score", "comment", "version", "updated_at"])


def _write_overall(pages: Sequence[_Page]) -> None:
    rows = []
    for page in pages:
        if page.overall is not None:
            page.row.overall_comment = page.overall.comment.strip()
            page.row.overall_version = page.overall.version + 1
            rows.append(page.row)
    if rows:
        Assignment.objects.bulk_update(rows, ["overall_comment", "overall_version"])


def missing_of(
    assignment: Assignment, sheet: Sheet, marks: Iterable[Mark]
) -> Mapping[str, list[Problem]]:
    least = assignment.panel.call.rule_set.comment_min_chars
    return problems_of(sheet, {m.leaf: m for m in marks}, least)


def _reopen(rows: Sequence[Assignment], by: User, role: str) -> list[Event]:
    """Finished dossiers whose marks change must be finished anew."""
    done = [row for row in rows if row.state == AssignmentState.FINISHED]
    for row in done:
        row.state, row.finished_at = AssignmentState.OPEN, None
    if done:
        pks = [row.pk for row in done]
        Assignment.objects.filter(pk__in=pks).update(state=AssignmentState.OPEN, finished_at=None)
    return [_event(row, "score.reopen", by, role, "finished", "open") for row in done]


def _finish(rows: Sequence[Assignment], by: User, role: str) -> list[Event]:
    """Finishing twice is once."""
    left = [row for row in rows if row.state != AssignmentState.FINISHED]
    for row in left:
        row.state, row.finished_at = AssignmentState.FINISHED, row.now  # type: ignore[attr-defined]  # of `lock_open`
    if left:
        pks = [row.pk for row in left]
        Assignment.objects.filter(pk__in=pks).update(
            state=AssignmentState.FINISHED, finished_at=left[0].finished_at
        )
    return [_event(row, "score.finish", by, role, "open", "finished") for row in left]


def _role(by: User, paper: SheetImport | None) -> str:
    return acting_role(by, *SCRIBES) if paper else Role.EXPERT


def _event(row: Assignment, action: str, by: User, role: str, source: str, target: str) -> Event:
    return Event(
        action=action,
        obj=row,
        by=by,
        role=role,
        source=source,
        target=target,
        scope=row.panel.call.number,
    )


@transaction.atomic
def finish(*, assignment: Assignment, by: User) -> Assignment:
    """Mark a dossier as scored; every expert leaf must be complete. Finishing twice is once."""
    [locked] = lock_open([assignment.pk], by)
    found = missing_of(locked, sheet_of(locked.panel, locked.stage), locked.marks.all())
    if found:
        raise NotFinished({code: [problem_text(p) for p in ps] for code, ps in found.items()})
    record_all(_finish([locked], by, Role.EXPERT))
    return locked
