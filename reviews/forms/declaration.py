"""The declaration of conflicts: one answer for each dossier, all on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews.models import Assignment, Ground
from reviews.services.declarations import LONGEST_REASON, SHORTEST_REASON, Answer


@dataclass(slots=True)
class Line:
    """One dossier of the form: the answer typed, and what is wrong with it."""

    assignment: Assignment
    order: int  # which of the expert's dossiers it is, from 1
    answer: str = ""  # "clear", "conflict" or nothing
    kind: str = ""
    reason: str = ""
    error: str | Promise = ""

    @property
    def kinds(self) -> list[tuple[str, Promise, bool]]:
        return [(code, words, code == self.kind) for code, words in Ground.choices]


class DeclarationForm:
    """Reads the whole page. `rows`: which of the expert's dossiers it is, and the dossier;
    `problems` besides the lines' own.
    """

    def __init__(
        self, rows: Sequence[tuple[int, Assignment]], data: Mapping[str, Any] | None = None
    ) -> None:
        self.data = data or {}
        self.rest = bool(self.data.get("rest"))
        self.promise = bool(self.data.get("promise"))
        self.lines = [self._read(order, row) for order, row in rows]
        self.problems: list[str | Promise] = []
        if data is not None:
            self._check()

    def _read(self, order: int, row: Assignment) -> Line:
        answer = str(self.data.get(f"answer-{row.pk}", ""))
        if answer not in ("clear", "conflict"):
            answer = "clear" if self.rest else ""
        kind = str(self.data.get(f"kind-{row.pk}", ""))
        reason = str(self.data.get(f"reason-{row.pk}", "")).replace("\x00", "").strip()
        return Line(row, order, answer, kind if kind in Ground.values else "", reason)

    def _check(self) -> None:
        for line in self.lines:
            if not line.answer:
                line.error = _("Answer for this dossier.")
            elif line.answer == "conflict" and not line.kind:
                line.error = _("Choose what kind of conflict it is.")
            elif line.answer == "conflict" and len(line.reason) < SHORTEST_REASON:
                line.error = _("Say what the conflict is.")
            elif len(line.reason) > LONGEST_REASON:
                line.error = _("At most %(most)s characters.") % {"most": LONGEST_REASON}
        if not self.promise:
            self.problems.append(_("Confirm the declaration at the end of the page."))

    @property
    def is_valid(self) -> bool:
        return not self.problems and not any(line.error for line in self.lines)

    @property
    def answers(self) -> list[Answer]:
        return [
            Answer(line.assignment.pk, line.answer == "conflict", line.kind, line.reason)
            for line in self.lines
        ]
