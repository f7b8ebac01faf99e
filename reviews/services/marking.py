"""What is typed on score sheets: its parts, and what no mark may ever be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from applications.sheet import Leaf, Sheet
from audit.refusals import Conflict, Invalid
from reviews.models import Mark
from reviews.scoring import check_mark
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


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed on one dossier: marks, and the overall comment where it was touched."""

    assignment: int
    entries: Sequence[Entry]
    overall: Overall | None = None


class MarksConflict(Conflict):
    """Another window saved other marks first. `leaves` names those of the first dossier, `found`
    of each by assignment; "" is the overall comment.
    """

    default_message = _(
        "This was changed in another window meanwhile. Nothing was overwritten; compare both."
    )

    def __init__(self, found: Mapping[int, tuple[str, ...]]) -> None:
        self.leaves = next(iter(found.values()))
        super().__init__(field=self.leaves[0])
        self.found = found


class NotFinished(Invalid):
    """The dossier lacks something. `problems`: leaf code → sentences, in the sheet's order."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        code, sentences = next(iter(problems.items()))
        super().__init__(f"{code}: {sentences[0]}", field=code)
        self.problems = problems


def check(sheet: Sheet, typed: Typed) -> None:
    """Refuse what no mark may ever be; what is merely unfinished passes."""
    for entry in typed.entries:
        leaf = _leaf(sheet, entry.leaf)
        for problem in check_mark(leaf, entry.tier, entry.score, entry.comment):
            if problem.key not in UNFINISHED:
                part = "tier" if problem.key.startswith("tier") else "score"
                raise Invalid(problem_text(problem), field=f"{entry.leaf}-{part}")
        _check_length(entry.comment, f"{entry.leaf}-comment")
    if typed.overall is not None:
        _check_length(typed.overall.comment, "overall")


def _leaf(sheet: Sheet, code: str) -> Leaf:
    try:
        leaf = sheet.leaf(code)
    except KeyError:
        raise Invalid(_("This indicator is not on the score sheet.")) from None
    if leaf.mode != "expert":
        raise Invalid(_("This indicator is computed by formula; experts do not mark it."))
    return leaf


def _check_length(comment: str, field: str) -> None:
    if len(comment) > LONGEST_COMMENT:
        raise Invalid(
            _("At most %(most)s characters.") % {"most": LONGEST_COMMENT},
            field=field,
        )
