"""打分: autosaved marks, finished dossiers, one signature that locks a panel's sheets for ever."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications.models import CallStatus
from applications.sheet import Leaf, Sheet, SheetError, parse
from audit import clock
from audit.digests import canonical, sm3
from audit.refusals import Conflict, Invalid, TooLate, WrongState
from audit.services import record
from reviews.models import Assignment, AssignmentState, Mark, Panel, ScoreSheet
from reviews.rules import SCORABLE, own_assignment, expert_of
from reviews.scoring import check_mark
from reviews.wording import problem_text


def sheet_of(panel: Panel) -> Sheet:
    """The frozen score sheet of a panel's call with the panel group's references."""
    return parse(panel.call.sheet).with_references(panel.references)


def _lock(assignment: Assignment, by: User) -> Assignment:
    own_assignment(by, assignment)
    locked = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("panel__call", "expert")
        .get(pk=assignment.pk)
    )
    if locked.state == AssignmentState.LOCKED:
        raise WrongState(
            _("You have signed; your marks are locked and cannot be changed by anybody.")
        )
    if locked.state not in SCORABLE:
        raise WrongState(_("Declare on this dossier first; it is not open to you."))
    call = locked.panel.call
    if call.status != CallStatus.IN_REVIEW:
        raise WrongState(_("Scoring is not open in this call."))
    if call.scoring_due_at and clock.now() >= call.scoring_due_at:
        raise TooLate(_("The time for scoring has passed. Tell the programme officer."))
    return locked


def _leaf(sheet: Sheet, code: str) -> Leaf:
    try:
        leaf = sheet.leaf(code)
    except (KeyError, SheetError):
        raise Invalid(_("This indicator is not on the score sheet.")) from None
    if leaf.mode != "expert":
        raise Invalid(_("This indicator is computed by formula; experts do not mark it."))
    return leaf


@transaction.atomic
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
    locked = _lock(assignment, by)
    definition = _leaf(sheet_of(locked.panel), leaf)
    if score is not None and not (
        Decimal(0) <= score <= definition.weight and score == round(score, 2)
    ):
        raise Invalid(
            _("Enter a score from 0 to %(max)s with at most two decimals.")
            % {"max": definition.weight},
            field="score",
        )
    if tier is not None and not 0 <= tier < len(definition.tiers):
        raise Invalid(_("Choose one of the tiers."), field="tier")
    mark = Mark.objects.select_for_update().filter(assignment=locked, leaf=leaf).first()
    if mark is None:
        mark = Mark(assignment=locked, leaf=leaf, version=0)
    if mark.version != version:
        raise Conflict(
            _("This mark was changed in another window. Nothing was overwritten; compare both.")
        )
    mark.tier, mark.score, mark.comment = tier, score, comment.strip()
    mark.version, mark.updated_at = version + 1, clock.now()
    mark.save()
    if locked.state == AssignmentState.FINISHED:
        locked.state = AssignmentState.OPEN
        locked.save(update_fields=["state"])
    return mark


@transaction.atomic
def save_overall(*, assignment: Assignment, comment: str, version: int, by: User) -> Assignment:
    """Save the overall comment on a dossier."""
    locked = _lock(assignment, by)
    if locked.overall_version != version:
        raise Conflict(
            _("The comment was changed in another window. Nothing was overwritten; compare both.")
        )
    locked.overall_comment, locked.overall_version = comment.strip(), version + 1
    locked.save(update_fields=["overall_comment", "overall_version"])
    return locked


def problems_of(
    assignment: Assignment, sheet: Sheet, marks: dict[str, Mark]
) -> dict[str, list[str]]:
    """What is still missing before a dossier is finished: leaf code → sentences. Empty: nothing."""
    found: dict[str, list[str]] = {}
    for leaf in sheet.expert_leaves():
        mark = marks.get(leaf.code)
        issues = check_mark(
            leaf,
            mark.tier if mark else None,
            mark.score if mark else None,
            mark.comment if mark else "",
        )
        if issues:
            found[leaf.code] = [problem_text(i) for i in issues]
    return found


@transaction.atomic
def finish(*, assignment: Assignment, by: User) -> Assignment:
    """Mark a dossier as scored; every expert leaf must be complete."""
    locked = _lock(assignment, by)
    marks = {m.leaf: m for m in locked.marks.all()}
    missing = problems_of(locked, sheet_of(locked.panel), marks)
    if missing:
        code, sentences = next(iter(missing.items()))
        raise Invalid(f"{code}: {sentences[0]}", field=code)
    locked.state, locked.finished_at = AssignmentState.FINISHED, clock.now()
    locked.save(update_fields=["state", "finished_at"])
    record(
        action="score.finish",
        obj=locked,
        by=by,
        role=Role.EXPERT,
        source="open",
        target="finished",
        scope=locked.panel.call.number,
    )
    return locked


def sheet_content(panel: Panel, assignments: list[Assignment]) -> dict[str, Any]:
    """What an expert signs: every mark of every dossier of the panel, in a canonical order."""
    return {
        "call": panel.call.number,
        "panel": panel.number,
        "dossiers": [
            {
                "application": a.application.number,
                "submission": a.submission.digest,
                "marks": [
                    {
                        "leaf": m.leaf,
                        "tier": m.tier,
                        "score": f"{m.score:.2f}",
                        "comment": m.comment,
                    }
                    for m in sorted(a.marks.all(), key=lambda m: m.leaf)
                ],
                "comment": a.overall_comment,
            }
            for a in sorted(assignments, key=lambda a: a.application.number or "")
        ],
    }


@transaction.atomic
def sign(*, panel: Panel, by: User) -> ScoreSheet:
    """Sign all own sheets of a panel at once. From here on nobody, by any path, changes a mark."""
    expert = expert_of(by)
    assignments = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(panel=panel, expert=expert, seat__state="accepted")
        .select_related("application", "submission", "panel__call")
        .prefetch_related("marks")
    )
    mine = [a for a in assignments if a.state != AssignmentState.RECUSED]
    if not mine:
        raise WrongState(_("There is nothing for you to sign in this panel."))
    if any(a.state == AssignmentState.LOCKED for a in mine):
        raise WrongState(_("You have already signed."))
    left = [a for a in mine if a.state != AssignmentState.FINISHED]
    if left:
        raise WrongState(_("%(count)s dossiers are not finished yet.") % {"count": len(left)})
    _lock(mine[0], by)
    content = sheet_content(mine[0].panel, mine)
    sheet = ScoreSheet.objects.create(
        panel=panel,
        expert=expert,
        content=content,
        digest=sm3(canonical(content)),
        signed_by=by,
        signed_at=clock.now(),
    )
    Assignment.objects.filter(pk__in=[a.pk for a in mine]).update(
        state=AssignmentState.LOCKED, sheet=sheet
    )
    record(
        action="score.sign",
        obj=sheet,
        by=by,
        role=Role.EXPERT,
        source="finished",
        target="locked",
        after={"digest": sheet.digest, "dossiers": len(mine)},
        scope=mine[0].panel.call.number,
    )
    return sheet
