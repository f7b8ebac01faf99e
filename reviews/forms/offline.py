"""Forms of score sheets filled offline: files, scribes, the second typing. They read only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.sheet import Sheet
from reviews.forms.marks import slug
from reviews.models import SheetImport
from reviews.scoring.typed import UnreadableScoreError, read_score
from reviews.services.paper import Cell
from reviews.wording import MARK_PROBLEMS


class WorkbookForm(forms.Form):
    """The filled workbook."""

    upload = forms.FileField(
        label=_("Filled workbook"),
        help_text=_("The .xlsx exported here, at most 2 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class PaperForm(WorkbookForm):
    """The workbook typed in from paper, and the paper."""

    scan = forms.FileField(
        label=_("Scan of the signed pages"),
        help_text=_("PDF, JPG or PNG, at most 20 MB. It is kept as the expert's signature."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


class ReturnForm(forms.Form):
    """Why typed sheets do not stand."""

    reason = forms.CharField(
        label=_("What is wrong with the sheets?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ScribeForm(forms.Form):
    """Who types in, and why paper is needed."""

    user = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        empty_label=_("Choose …"),
        help_text=_(
            "Programme officers and the lead of the secretaries. Whoever is named acts in this "
            "call in no other way from then on."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Why the panel marks on paper, with the number of the decision if there is one."
        ),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField


@dataclass
class CheckLine:
    """One cell of the second typing: a leaf with its score, or the overall comment alone."""

    cell: Cell
    name: str
    leaf: str
    title: str
    most: Decimal | None
    comment: str
    typed: str = ""
    score: Decimal | None = None
    agreed: bool = False
    errors: list[str | Promise] = field(default_factory=list)


@dataclass
class CheckDossier:
    number: str
    title: str
    lines: list[CheckLine]


class CheckForm:
    """The second typing of a seat's sheets: blind for scores, comments read beside the paper."""

    def __init__(
        self,
        row: SheetImport,
        sheet: Sheet,
        titles: Mapping[str, str],
        language: str,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.is_bound = data is not None
        self.dossiers = [
            CheckDossier(
                number=d["application"],
                title=titles.get(d["application"], ""),
                lines=list(_lines(place, d, sheet, language)),
            )
            for place, d in enumerate(row.content)
        ]
        if data is not None:
            for line in self.lines():
                self._read(line, data)

    def lines(self) -> Iterator[CheckLine]:
        for dossier in self.dossiers:
            yield from dossier.lines

    @staticmethod
    def _read(line: CheckLine, data: Mapping[str, Any]) -> None:
        line.agreed = data.get(f"{line.name}-agreed") == "1"
        if line.most is None:
            return
        line.typed = str(data.get(f"{line.name}-score", "")).strip()[:20]
        try:
            line.score = read_score(line.typed)
        except UnreadableScoreError:
            line.errors.append(MARK_PROBLEMS["score_unreadable"])

    @property
    def is_valid(self) -> bool:
        return not any(line.errors for line in self.lines())

    @property
    def scores(self) -> dict[Cell, Decimal | None]:
        return {line.cell: line.score for line in self.lines() if line.most is not None}

    @property
    def agreed(self) -> set[Cell]:
        return {line.cell for line in self.lines() if line.agreed}

    def differ(self, cells: frozenset[Cell]) -> None:
        """Say at each of these cells that it is not what was typed in first."""
        for line in self.lines():
            if line.cell in cells:
                line.errors.append(_("Differs from what was typed in first. Look at the paper."))

    def entries(self) -> list[dict[str, Any]]:
        """For the summary at the top of the page."""
        return [
            {
                "target": f"id_{line.name}",
                "label": f"{line.cell[0]} {line.leaf or line.title}",
                "text": line.errors[0],
            }
            for line in self.lines()
            if line.errors
        ]


def _lines(
    place: int, dossier: Mapping[str, Any], sheet: Sheet, language: str
) -> Iterator[CheckLine]:
    number = dossier["application"]
    for mark in dossier["marks"]:
        leaf = sheet.leaf(mark["leaf"])
        yield CheckLine(
            cell=(number, leaf.code),
            name=f"d{place}-{slug(leaf.code)}",
            leaf=leaf.code,
            title=leaf.name(language),
            most=leaf.weight,
            comment=mark["comment"],
        )
    if dossier["overall"]["comment"]:
        yield CheckLine(
            cell=(number, "overall"),
            name=f"d{place}-overall",
            leaf="",
            title=str(_("Overall comment")),
            most=None,
            comment=dossier["overall"]["comment"],
        )
