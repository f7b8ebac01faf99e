"""打分: marks saved while one types, and dossiers finished. Signing is in `signing`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import has_role
from applications.models import CallStatus
from applications.sheet import Leaf, Problem, Sheet
from audit import clock
from audit.refusals import Conflict, Invalid, NotVisible, TooLate, WrongState
from audit.services import record
from reviews.models import Assignment, AssignmentState, Mark, SeatState
from reviews.rules import SCORABLE
from reviews.scoring import check_mark
from reviews.selectors.sheets import problems_of, sheet_of
from reviews.wording import problem_text

LONGEST_COMMENT = 2000
# What an unfinished mark may still lack; everything else is refused when it is saved.
UNFINISHED = frozenset({"score_missing", "tier_missing", "tier_range", "comment_short"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark as typed. `version`: the stored mark's when the page was drawn, 0 for none."""

    leaf: str
    tier: int | None
    score: Decimal | None
    comment: str
    version: int

    def says_what(self, mark: Mark) -> bool:
        """Whether the mark stands like this already."""
        return (mark.tier, mark.score, mark.comment) == (
            self.tier,
            self.score,
            self.comment.strip(),
        )


@dataclass(frozen=True, slots=True)
class Overall:
    """The comment on the dossier as typed, and the version it was drawn with."""

    comment: str
    version: int


class MarksConflict(Conflict):
    """Another window saved other marks first. `leaves` names them; "" is the overall comment."""

    default_message = _(
        "This was changed in another window meanwhile. Nothing was overwritten; compare both."
    )

    def __init__(self, leaves: tuple[str, ...]) -> None:
        super().__init__(field=leaves[0])
        self.leaves = leaves


class NotFinished(Invalid):
    """The dossier lacks something. `problems`: leaf code → sentences, in the sheet's order."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        code, sentences = next(iter(problems.items()))
        super().__init__(f"{code}: {sentences[0]}", field=code)
        self.problems = problems


def lock_open(assignment: Assignment, by: User) -> Assignment:
    """The person's own assignment, locked, if it may be scored now."""
    locked = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "seat", "expert")
        .get(pk=assignment.pk)
    )
    if locked.expert.user_id != by.pk or not locked.expert.active:
        raise NotVisible
    if not has_role(by, Role.EXPERT):
        raise NotVisible
    require_scorable(locked)
    return locked


def require_scorable(assignment: Assignment) -> None:
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
    if call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    if call.scoring_due_at and clock.now() >= call.scoring_due_at:
        raise TooLate(
            _("The time for scoring has passed; nothing was saved. Tell the programme officer.")
        )


def _leaf(sheet: Sheet, code: str) -> Leaf:
    try:
        leaf = sheet.leaf(code)
    except KeyError:
        raise Invalid(_("This indicator is not on the score sheet.")) from None
    if leaf.mode != "expert":
        raise Invalid(_("This indicator is computed by formula; experts do not mark it."))
    return leaf


def _check(sheet: Sheet, entry: Entry) -> None:
    """Refuse what no mark may ever be; what is merely unfinished passes."""
    leaf = _leaf(sheet, entry.leaf)
    for problem in check_mark(leaf, entry.tier, entry.score, entry.comment):
        if problem.key not in UNFINISHED:
            part = "tier" if problem.key.startswith("tier") else "score"
            raise Invalid(problem_text(problem), field=f"{entry.leaf}-{part}")
    _check_length(entry.comment, f"{entry.leaf}-comment")


def _check_length(comment: str, field: str) -> None:
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(
            _("At most %(most)s characters.") % {"most": LONGEST_COMMENT},
            field=field,
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


@transaction.atomic
def save_marks(
    *,
    assignment: Assignment,
    entries: Sequence[Entry],
    overall: Overall | None = None,
    finish: bool = False,
    by: User,
) -> Assignment:
    """Save a page's marks and overall comment together, all or none.

    What says the same as what stands is left alone whatever its version, so that a page sent twice
    is saved once. A finished dossier that changes is open again; with `finish` it is finished if
    nothing is missing, and stays open otherwise. Raises MarksConflict, Invalid.
    """
    locked = lock_open(assignment, by)
    sheet = sheet_of(locked.panel)
    for entry in entries:
        _check(sheet, entry)
    if overall is not None:
        _check_length(overall.comment, "overall")
    marks = {m.leaf: m for m in locked.marks.all()}
    changed = [e for e in entries if not e.says_what(marks.get(e.leaf) or Mark())]
    rewritten = overall is not None and overall.comment.strip() != locked.overall_comment
    stale = [
        e.leaf for e in changed if e.version != (marks[e.leaf].version if e.leaf in marks else 0)
    ]
    if overall is not None and rewritten and overall.version != locked.overall_version:
        stale.append("")
    if stale:
        raise MarksConflict(tuple(stale))
    if changed or rewritten:
        _reopen(locked, by)
    _write(locked, changed, marks)
    if overall is not None and rewritten:
        locked.overall_comment = overall.comment.strip()
        locked.overall_version = overall.version + 1
        locked.save(update_fields=["overall_comment", "overall_version"])
    if finish and not missing_of(locked, sheet, marks.values()):
        _finish(locked, by)
    return locked


def _write(assignment: Assignment, entries: Sequence[Entry], marks: dict[str, Mark]) -> None:
    """Add and change rows; `marks` then holds what stands."""
    if not entries:
        return
    now = clock.now()
    rows = [
        Mark(
            assignment=assignment,
            leaf=entry.leaf,
            tier=entry.tier,
            score=entry.score,
            comment=entry.comment.strip(),
            version=entry.version + 1,
            updated_at=now,
        )
        for entry in entries
    ]
    Mark.objects.bulk_create([row for row in rows if row.leaf not in marks])
    known = [row for row in rows if row.leaf in marks]
    for row in known:
        row.pk = marks[row.leaf].pk
    if known:
        Mark.objects.bulk_update(known, ["tier", "score", "comment", "version", "updated_at"])
    marks |= {row.leaf: row for row in rows}


def missing_of(
    assignment: Assignment, sheet: Sheet, marks: Iterable[Mark]
) -> dict[str, list[Problem]]:
    least = assignment.panel.call.rule_set.comment_min_chars
    return problems_of(sheet, {m.leaf: m for m in marks}, least)


def _reopen(assignment: Assignment, by: User) -> None:
    """A finished dossier whose marks change must be finished anew."""
    if assignment.state != AssignmentState.FINISHED:
        return
    assignment.state, assignment.finished_at = AssignmentState.OPEN, None
    assignment.save(update_fields=["state", "finished_at"])
    _record(assignment, "score.reopen", by, "finished", "open")


def _record(assignment: Assignment, action: str, by: User, source: str, target: str) -> None:
    record(
        action=action,
        obj=assignment,
        by=by,
        role=Role.EXPERT,
        source=source,
        target=target,
        scope=assignment.panel.call.number,
    )


@transaction.atomic
def finish(*, assignment: Assignment, by: User) -> Assignment:
    """Mark a dossier as scored; every expert leaf must be complete. Finishing twice is once."""
    locked = lock_open(assignment, by)
    found = missing_of(locked, sheet_of(locked.panel), locked.marks.all())
    if found:
        raise NotFinished({code: [problem_text(p) for p in ps] for code, ps in found.items()})
    _finish(locked, by)
    return locked


def _finish(assignment: Assignment, by: User) -> None:
    if assignment.state == AssignmentState.FINISHED:
        return
    assignment.state, assignment.finished_at = AssignmentState.FINISHED, clock.now()
    assignment.save(update_fields=["state", "finished_at"])
    _record(assignment, "score.finish", by, "open", "finished")
