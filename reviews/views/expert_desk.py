"""What the page of one dossier fetches and guards, once: the dossier left, the sheet right."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.http import SignedInRequest
from accounts.models import Region
from accounts.roles import Role
from accounts.rules import has_role
from applications import reading, sections
from applications.figures import FiguresError
from applications.models import Application, CallStatus, Industry
from applications.readiness import document_name
from applications.sections.project import FIRM
from applications.sheet import Leaf, Sheet
from audit.clock import SHANGHAI
from audit.refusals import NotVisible, Refused
from calendars.deadlines import count_inclusive
from calendars.selectors import working_days
from reviews.addresses import marks_url
from reviews.forms.marks import LeafInput, SheetForm, fingerprint, overall_of, slug, stored_input
from reviews.models import Assignment, AssignmentState, Mark, Stage
from reviews.rules import stage_at
from reviews.scoring import Computed, asks_grounds, check_mark, subtotal
from reviews.selectors import expert as own
from reviews.selectors.sheets import computed_of, problems_of, sheet_of
from reviews.services.scorable import require_scorable
from reviews.views.expert_words import formula_row, language, panel_name
from reviews.wording import ASKS_GROUNDS, MARK_PROBLEMS, problem_text

UNSHOWN = frozenset(f.name for f in FIRM.fields if f.name.startswith("contact_"))
_ZERO = Decimal("0.00")
_NOTHING = fingerprint(None, None, "")
_QUIET = frozenset({"score_missing", "tier_missing"})  # the pill says these
_FIELDS = {f.name: f for spec in sections.SECTIONS for f in spec.fields if f.figure}


class SheetDesk:
    """One dossier on its expert's desk. Raises NotVisible for any not open to this person."""

    def __init__(self, request: SignedInRequest, pk: int) -> None:
        self.request = request
        is_expert = has_role(request.user, Role.EXPERT)
        found = own.own_assignment_of(request.user, pk) if is_expert else None
        if found is None:
            raise NotVisible
        self.assignment: Assignment = found

    @property
    def application(self) -> Application:
        return self.assignment.application

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.assignment.panel, self.assignment.stage)

    @cached_property
    def least_comment(self) -> int:
        return self.assignment.panel.call.rule_set.comment_min_chars

    @cached_property
    def marks(self) -> dict[str, Mark]:
        return {m.leaf: m for m in self.assignment.marks.all()}

    @cached_property
    def places(self) -> list[own.Place]:
        return own.places_of(self.assignment.seat, self.assignment.stage)

    @cached_property
    def closed_because(self) -> str:
        """Why nothing can be marked now; "" when it can."""
        try:
            require_scorable(self.assignment)
        except Refused as refusal:
            return str(refusal)
        return ""

    @cached_property
    def progress(self) -> own.Progress:
        return own.progress_of([p.state for p in self.places])

    def next_place(self) -> own.Place | None:
        """The following dossier that is not finished, from the top again after the last."""
        ahead = [p for p in self.places if p.state == AssignmentState.OPEN]
        here = self.order
        later = [p for p in ahead if p.order > here]
        return next((p for p in [*later, *ahead] if p.pk != self.assignment.pk), None)

    def neighbours(self) -> tuple[own.Place | None, own.Place | None]:
        """The dossiers before and after this one that can be read."""
        readable = [p for p in self.places if p.is_open]
        here = next(i for i, p in enumerate(readable) if p.pk == self.assignment.pk)
        before = readable[here - 1] if here else None
        return before, dict(enumerate(readable)).get(here + 1)

    def following(self) -> own.Place | None:
        return self.neighbours()[1]

    @property
    def order(self) -> int:
        return next(p.order for p in self.places if p.pk == self.assignment.pk)

    @cached_property
    def computed(self) -> dict[str, Computed]:
        """The formula leaves; empty when a stored figure cannot be read."""
        try:
            return computed_of(self.sheet, self.assignment.submission.content)
        except FiguresError:
            return {}

    @cached_property
    def names(self) -> dict[str, str]:
        regions = {r.code: str(r) for r in Region.objects.all()}
        return regions | {i.code: str(i) for i in Industry.objects.all()}

    # --- the sheet -------------------------------------------------------------------------------

    def leaf_rows(self, form: SheetForm | None = None) -> list[dict[str, Any]]:
        """One row for each expert leaf, as typed where a form is given."""
        return [
            self.leaf_row(
                leaf,
                form.leaves[leaf.code] if form else stored_input(leaf, self.marks.get(leaf.code)),
            )
            for leaf in self.sheet.expert_leaves()
        ]

    def leaf_row(self, leaf: Leaf, given: LeafInput) -> dict[str, Any]:
        stored = self.marks.get(leaf.code)
        problems = check_mark(leaf, given.tier, given.score, given.comment, self.least_comment)
        keys = {p.key for p in problems}
        asks = not (problems or given.errors) and asks_grounds(leaf, given.score, given.comment)
        begun = given.tier is not None or bool(given.typed) or bool(given.comment)
        state = "todo" if not begun else "done" if not (problems or given.errors) else "warn"
        if begun and keys == {"comment_short"}:
            state = "comment"
        chosen = dict(enumerate(leaf.tiers)).get(-1 if given.tier is None else given.tier)
        was = fingerprint(stored.tier, stored.score, stored.comment) if stored else _NOTHING
        return {
            "code": leaf.code,
            "slug": slug(leaf.code),
            "name": leaf.name(language()),
            "most": leaf.weight,
            "hint": leaf.hint(language()),
            "tiers": [
                {
                    "value": str(place),
                    "label": tier.label(language()),
                    "low": tier.low,
                    "high": tier.high,
                    "base": tier.base,
                }
                for place, tier in enumerate(leaf.tiers)
            ],
            "chosen": "" if given.tier is None else str(given.tier),
            "tier_label": chosen.label(language()) if chosen else "",
            "base": chosen.base if chosen else None,
            "low": chosen.low if chosen else None,
            "high": chosen.high if chosen else None,
            "typed": given.typed,
            "comment": given.comment,
            "version": stored.version if stored else 0,
            "was": was,
            "in_step": not given.errors
            and fingerprint(given.tier, given.score, given.comment) == was,
            "state": state,
            "begun": begun,
            "says": [problem_text(p) for p in problems if p.key not in _QUIET] if begun else [],
            "asks": str(ASKS_GROUNDS) if asks else "",
            "errors": given.errors,
        }

    def _standing(self, given: Decimal) -> own.Standing | None:
        """Among the own dossiers that are scored already; None before this one is begun."""
        if not self.marks:
            return None
        scored = (AssignmentState.FINISHED, AssignmentState.LOCKED)
        others = [p for p in self.places if p.state in scored and p.pk != self.assignment.pk]
        return own.standing_of(given, [p.given for p in others if p.given is not None])

    def totals(self) -> dict[str, Any]:
        """Points so far: the expert's own, the formula's, and both."""
        marks = self.marks.values()
        given = sum((m.score for m in marks if m.score is not None), start=_ZERO)
        formula = sum((c.score for c in self.computed.values()), start=_ZERO)
        leaves = self.sheet.expert_leaves()
        problems = problems_of(self.sheet, self.marks, self.least_comment)
        comments = sum(any(p.key == "comment_short" for p in found) for found in problems.values())
        left = len(problems)
        return {
            "given": given,
            "expert_max": self.sheet.expert_max,
            "formula": formula,
            "formula_max": self.sheet.formula_max,
            "total": given + formula,
            "leaves": len(leaves),
            "done": len(leaves) - left,
            "unmarked": left - comments,
            "comments": comments,
            "is_complete": not left,
            "is_finished": self.assignment.state != AssignmentState.OPEN,
            "standing": self._standing(given),
        }

    # --- the page --------------------------------------------------------------------------------

    def context(self, form: SheetForm | None = None, **more: Any) -> dict[str, Any]:
        assignment, call = self.assignment, self.assignment.panel.call
        content = assignment.submission.content
        previous, following = self.neighbours()
        return {
            "assignment": assignment,
            "application": self.application,
            "firm": content.get("firm", {}).get("name") or self.application.firm.name,
            "call": call,
            "panel_name": panel_name(assignment.panel),
            "order": self.order,
            "places": self.places,
            "progress": self.progress,
            "previous": previous,
            "next": following,
            "editable": form is not None or not self.closed_because,
            "closed_because": self.closed_because,
            "is_locked": assignment.state == AssignmentState.LOCKED,
            "leaves": self.leaf_rows(form),
            "overall": overall_of(assignment) | ({"text": form.comment} if form else {}),
            "form_errors": form.errors if form else {},
            "totals": self.totals(),
            "formula": self._formula(),
            "content": self._content(content["sections"]),
            "files": self._files(content),
            "submission": assignment.submission,
            "due": call.scoring_due_at if self._is_at_hand() else None,
            "is_hearing": assignment.stage == Stage.HEARING,
            "marks_url": marks_url(assignment.seat_id, assignment.stage),
            "days_left": self._days_left(),
            "saved_at": max((m.updated_at for m in self.marks.values()), default=None),
            "now": self.request.clock.now,
            "autosave_url": reverse("reviews:autosave", args=[assignment.pk]),
            "words": {key: MARK_PROBLEMS[key] for key in ("comment_short", "tier_range")},
            "least": self.least_comment,
            "asks_grounds": ASKS_GROUNDS,
            "nav_current": "reviews:my_reviews",
            **more,
        }

    def _content(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        """The sections for reading; whom to ask at the firm is no business of an expert's."""
        return reading.whole(data, self.names, without=UNSHOWN)

    def _formula(self) -> dict[str, Any]:
        names = {leaf.code: leaf.name(language()) for leaf in self.sheet.formula_leaves()}
        rows = []
        for result in self.computed.values():
            row = formula_row(result, names[result.code])
            row["inputs"] = [
                (
                    _FIELDS[i.key].label,
                    reading.shown(_FIELDS[i.key], {i.key: i.value}, self.names),
                )
                for i in result.inputs
                if i.key in _FIELDS
            ]
            rows.append(row)
        return {
            "rows": rows,
            "quality": subtotal(self.sheet, self.computed, "quality"),
            "employment": subtotal(self.sheet, self.computed, "employment"),
        }

    def _files(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        names = {d["code"]: document_name(d) for d in self.assignment.panel.call.required_documents}
        return [
            {**f, "document_name": names.get(f["document"], "")} for f in content["attachments"]
        ]

    def _is_at_hand(self) -> bool:
        """Whether the call is in the stage that this sheet is of; its deadline is this one's."""
        call, stage = self.assignment.panel.call, self.assignment.stage
        return call.status in (CallStatus.IN_REVIEW, CallStatus.HEARING) and stage == stage_at(call)

    def _days_left(self) -> int | None:
        """Working days after today up to the due day; None when none is set or it is over."""
        call = self.assignment.panel.call
        due = call.scoring_due_at
        if not self._is_at_hand() or due is None or due <= self.request.clock.now:
            return None
        tomorrow = self.request.clock.today + timedelta(days=1)
        last = due.astimezone(SHANGHAI).date()
        return count_inclusive(tomorrow, last, working_days())
