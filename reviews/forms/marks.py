"""The sheet of one dossier as a form: for each expert leaf a tier, a score, a comment.

Each leaf carries the version it was drawn with and a short digest of what stood there, so that a
leaf nobody touched in this window is neither saved nor taken for a clash with another window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.sheet import Leaf, Sheet
from audit.digests import sm3
from reviews.models import Assignment, Mark
from reviews.scoring import check_mark
from reviews.scoring.typed import UnreadableScoreError, read_score
from reviews.services.marking import LONGEST_COMMENT, UNFINISHED, Entry, Overall
from reviews.wording import MARK_PROBLEMS, problem_text

OVERALL = "overall"


def slug(code: str) -> str:
    """A leaf's code as part of ids and names: Q1.2 → Q1-2."""
    return code.replace(".", "-")


def fingerprint(tier: int | None, score: Decimal | None, comment: str) -> str:
    """What a mark says, in sixteen characters."""
    shown = "" if score is None else f"{score:.2f}"
    return sm3(f"{tier}|{shown}|{comment}".encode())[:16]


def _lines(text: str) -> str:
    """One kind of line end, whoever sends the form."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _number(text: Any) -> int:
    """A version or a place in a list; -1 for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


@dataclass
class LeafInput:
    """One leaf as it was typed."""

    leaf: Leaf
    tier: int | None = None
    score: Decimal | None = None
    typed: str = ""
    comment: str = ""
    version: int = 0
    touched: bool = False
    errors: dict[str, str | Promise] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        return Entry(self.leaf.code, self.tier, self.score, self.comment, self.version)


class SheetForm:
    """What was posted from the page of one dossier. Reads; writes nothing.

    `errors`: field name → sentence; `entries`: the leaves that were touched and can be saved.
    With `base_for_tier` a tier chosen without a score takes the tier's base score, as the page's
    script does while one types.
    """

    def __init__(self, sheet: Sheet, data: Mapping[str, Any], *, base_for_tier: bool) -> None:
        self.data = data
        self.base_for_tier = base_for_tier
        self.leaves = {leaf.code: self._read(leaf) for leaf in sheet.expert_leaves()}
        self.comment = _lines(str(data.get(OVERALL, "")))
        self.errors: dict[str, str | Promise] = {
            f"{slug(code)}-{part}": sentence
            for code, given in self.leaves.items()
            for part, sentence in given.errors.items()
        }
        if wrong := _comment_error(self.comment):
            self.errors[OVERALL] = wrong

    def _read(self, leaf: Leaf) -> LeafInput:
        name = slug(leaf.code)
        given = LeafInput(leaf, typed=str(self.data.get(f"{name}-score", "")).strip())
        given.comment = _lines(str(self.data.get(f"{name}-comment", "")))
        given.version = _number(self.data.get(f"{name}-version"))
        place = str(self.data.get(f"{name}-tier", ""))
        if place:
            given.tier = _number(place)
        try:
            given.score = read_score(given.typed)
        except UnreadableScoreError:
            given.errors["score"] = MARK_PROBLEMS["score_unreadable"]
        was = self.data.get(f"{name}-was", "")
        if given.score is None and not given.typed and self.base_for_tier:
            self._take_base(given)
        given.touched = self.data.get(f"{name}-choice") != "theirs" and (
            bool(given.errors) or was != _print_of(given)
        )
        if not given.errors:
            self._check(given)
        return given

    def _take_base(self, given: LeafInput) -> None:
        if given.tier is not None and 0 <= given.tier < len(given.leaf.tiers):
            given.score = given.leaf.tiers[given.tier].base
            given.typed = f"{given.score:.2f}"

    def _check(self, given: LeafInput) -> None:
        for problem in check_mark(given.leaf, given.tier, given.score, given.comment):
            if problem.key not in UNFINISHED:
                part = "tier" if problem.key.startswith("tier") else "score"
                given.errors[part] = problem_text(problem)
        if wrong := _comment_error(given.comment):
            given.errors["comment"] = wrong

    @property
    def entries(self) -> list[Entry]:
        return [g.entry for g in self.leaves.values() if g.touched and not g.errors]

    @property
    def overall(self) -> Overall | None:
        """The comment on the dossier, if it was touched here."""
        kept = self.data.get(f"{OVERALL}-choice") == "theirs" or OVERALL not in self.data
        if kept or OVERALL in self.errors:
            return None
        if self.data.get(f"{OVERALL}-was", "") == overall_fingerprint(self.comment):
            return None
        return Overall(self.comment, _number(self.data.get(f"{OVERALL}-version")))


def _print_of(given: LeafInput) -> str:
    """The fingerprint of what was typed; none where the number is absurd."""
    if given.score is not None and abs(given.score) > 1000:
        return ""
    return fingerprint(given.tier, given.score, given.comment)


def _comment_error(comment: str) -> str | Promise:
    if "\x00" in comment:
        return _("The comment holds a character that cannot be kept.")
    if len(comment) > LONGEST_COMMENT:
        return _("At most %(most)s characters.") % {"most": LONGEST_COMMENT}
    return ""


def overall_fingerprint(comment: str) -> str:
    return sm3(comment.encode())[:16]


def stored_input(leaf: Leaf, mark: Mark | None) -> LeafInput:
    """A leaf as it stands in the database."""
    if mark is None:
        return LeafInput(leaf)
    typed = "" if mark.score is None else f"{mark.score:.2f}"
    return LeafInput(leaf, mark.tier, mark.score, typed, mark.comment, mark.version)


def overall_of(assignment: Assignment) -> dict[str, Any]:
    """The hidden parts and the text of the overall comment as it stands."""
    return {
        "text": assignment.overall_comment,
        "version": assignment.overall_version,
        "was": overall_fingerprint(assignment.overall_comment),
    }


class StepAsideForm(forms.Form):
    """Why an expert leaves a dossier."""

    ground = forms.ChoiceField(
        label=_("Why do you leave this dossier?"),
        choices=(
            ("conflict", _("I have found a conflict of interest.")),
            ("unable", _("I cannot judge it: it lies outside my field.")),
        ),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("At least four characters. The programme officer and the supervisor read it."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclineForm(forms.Form):
    """Why an expert cannot take the seat."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("A few words are enough, as “away on business”."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
