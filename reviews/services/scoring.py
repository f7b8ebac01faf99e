"""打分: marks saved while one types, and dossiers finished. Signing is in `signing`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.rules import acting_role
from applications.sheet import Problem, Sheet
from audit.services import Entry as Event
from audit.services import record_all
from reviews.models import Assignment, AssignmentState, Mark, SheetImport
from reviews.rules import SCRIBES
from reviews.selectors.sheets import problems_of, sheet_of
from reviews.services.marking import Entry, MarksConflict, NotFinished, Overall, Typed, check
from reviews.services.scorable import lock_open
from reviews.wording import problem_text


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
    """Save what was typed on some dossiers of a seat, and record it; see `write_sheets`."""
    rows, entries = write_sheets(typed=typed, finish=finish, paper=paper, by=by)
    record_all(entries)
    return rows


def write_sheets(
    *,
    typed: Sequence[Typed],
    finish: bool = False,
    paper: SheetImport | None = None,
    by: User,
) -> tuple[list[Assignment], list[Event]]:
    """Save what was typed on some dossiers of a seat, all or none; as many queries for any number.

    What says the same as what stands is left alone whatever its version, so that a page sent twice
    is saved once. A finished dossier that changes is open again; with `finish` it is finished if
    nothing is missing, and stays open otherwise. `paper`: the sheets these marks were typed in
    from, by the one who checked them. In the caller's transaction, which records what is returned.
    Raises MarksConflict and Invalid, before anything is written.
    """
    rows = lock_open((one.assignment for one in typed), by, paper)
    sheet = sheet_of(rows[0].panel, rows[0].stage)
    for one in typed:
        check(sheet, one)
    pages = _pages(rows, typed)
    if stale := {page.row.pk: page.stale for page in pages if page.stale}:
        raise MarksConflict(stale)
    role = _role(by, paper)
    entries = _reopen(pages, by, role)
    _write(pages)
    if finish:
        whole = [p.row for p in pages if not missing_of(p.row, sheet, p.marks.values())]
        entries += _finish(whole, by, role)
    return rows, entries


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


def missing_of(
    assignment: Assignment, sheet: Sheet, marks: Iterable[Mark]
) -> Mapping[str, list[Problem]]:
    least = assignment.panel.call.rule_set.comment_min_chars
    return problems_of(sheet, {m.leaf: m for m in marks}, least)


def _reopen(pages: Sequence[_Page], by: User, role: str) -> list[Event]:
    """Finished dossiers that change must be finished anew; the overall comments, which stand in the
    same rows, change with it.
    """
    rows = {}
    for page in pages:
        if page.overall is not None:
            page.row.overall_comment = page.overall.comment.strip()
            page.row.overall_version = page.overall.version + 1
            rows[page.row.pk] = page.row
    done = [p.row for p in pages if p.is_changed and p.row.state == AssignmentState.FINISHED]
    for row in done:
        row.state, row.finished_at = AssignmentState.OPEN, None
        rows[row.pk] = row
    if rows:
        fields = ["state", "finished_at", "overall_comment", "overall_version"]
        Assignment.objects.bulk_update(rows.values(), fields)
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
