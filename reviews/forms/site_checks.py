"""Forms of the site check. They read; services write."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import uploads
from applications.forms.sections import TypedField
from applications.models import Application, Call
from reviews.models import SiteEvidence
from reviews.selectors.site_checks import vetoes_of
from reviews.services.site_findings import UNSAID, Found, Report
from reviews.site_figures import CHECKED
from reviews.site_words import shown

SAME, DIFFERS = "same", "differs"


class OrderForm(forms.Form):
    """Which dossiers, when, by whom and why."""

    dossiers = forms.TypedMultipleChoiceField(
        label=_("Dossiers to check"),
        coerce=int,
        error_messages={"required": _("Choose at least one dossier.")},
    )
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    checkers = forms.ModelMultipleChoiceField(
        label=_("Who goes"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "At least two. Experts and scribes of this call are not offered; who is tied to a firm "
            "or acts for its place is refused."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page offers the ranking's entries; whether these are of it the service asks.
        ticked = [(pk, pk) for pk in self.chosen() if pk.isascii() and pk.isdigit()]
        self.fields["dossiers"].choices = ticked  # type: ignore[attr-defined]  # stubs know no kinds
        self.fields["checkers"].queryset = people  # type: ignore[attr-defined]  # as above

    def chosen(self) -> set[str]:
        """Ids of the dossiers that are ticked, for the page."""
        return {str(pk) for pk in self["dossiers"].value() or ()}

    def applications(self) -> list[Application]:
        """The dossiers ticked, by their ids alone."""
        return [Application(pk=pk) for pk in self.cleaned_data["dossiers"]]


class EvidenceForm(forms.Form):
    """One file from the spot."""

    upload = forms.FileField(
        label=_("Photograph or document"),
        help_text=_("PDF, JPG, PNG, DOCX or XLSX, at most 20 MB. Keep it before the figures."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}),
    )


class ReasonForm(forms.Form):
    """Why a check is called off, or a finding sent back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class ViewForm(forms.Form):
    """What the firm says to the finding."""

    text = forms.CharField(
        label=_("Your view"),
        max_length=2000,
        help_text=_("Say which figure you mean and what shows it. It can be sent once."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One figure on the page: as the dossier has it, and the inputs for what is found."""

    name: str
    label: str | Promise
    submitted: str
    answer: str
    found: forms.BoundField
    why: forms.BoundField
    file: forms.BoundField
    errors: list[str]


class FindingForm(forms.Form):
    """Every figure: as in the dossier, or the value found with reason and file; the finding."""

    visited_on = forms.DateField(
        label=_("Day of the visit"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=_("Finding"),
        max_length=4000,
        help_text=_("In short: who was met, what was seen and counted."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    veto = forms.ChoiceField(
        label=_("Propose a veto"),
        required=False,
        help_text=_("Only where one of these items of the call is not met."),
    )
    veto_reason = forms.CharField(
        label=_("What the veto rests on"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: dict[str, list[str]] = {}
        key = "text_en" if (get_language() or "").startswith("en") else "text_zh"
        grounds = [(item["code"], item[key]) for item in vetoes_of(call)]
        self.fields["veto"].choices = [("", _("none")), *grounds]  # type: ignore[attr-defined]  # as above
        for name, spec in CHECKED.items():
            choices = [("", _("Choose …")), *(spec.choices or YES_NO)]
            plain = spec.kind not in ("choice", "yes_no")
            widget = forms.TextInput(attrs=NUMBER) if plain else forms.Select(choices=choices)
            self.fields[f"as_{name}"] = forms.CharField(required=False)
            self.fields[f"found_{name}"] = TypedField(spec, label=_("Value found"), widget=widget)
            self.fields[f"why_{name}"] = forms.CharField(
                label=_("Why it differs"), max_length=400, required=False
            )
            self.fields[f"file_{name}"] = forms.IntegerField(
                label=_("File that shows it"), required=False, widget=forms.Select
            )

    def clean(self) -> dict[str, Any]:
        """Where something else is wrong already, what the service would say of figures left out."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            unsaid = (name for name in CHECKED if not data.get(f"as_{name}"))
            self.refuse(dict.fromkeys(unsaid, UNSAID))
        return data

    def offer(self, evidence: Sequence[SiteEvidence]) -> None:
        """Offer these files beside each figure; whether one is of the check the service asks."""
        files = [("", _("Choose …")), *((str(f.pk), f.name) for f in evidence)]
        for name in CHECKED:
            self.fields[f"file_{name}"].widget.choices = files

    def lines(self, submitted: Mapping[str, str]) -> Iterator[Line]:
        """The figures in the dossier's order, beside what it says."""
        for name, spec in CHECKED.items():
            inputs = [self[f"{part}_{name}"] for part in ("found", "why", "file")]
            said = [str(error) for bound in inputs for error in bound.errors]
            yield Line(
                name=name,
                label=spec.label,
                submitted=shown(name, submitted[name]),
                answer=str(self[f"as_{name}"].value() or ""),
                found=inputs[0],
                why=inputs[1],
                file=inputs[2],
                errors=[*self.problems.get(name, ()), *said],
            )

    def refuse(self, problems: Mapping[str, Any]) -> None:
        """Say what is wrong beside each figure."""
        self.problems = {name: [str(message)] for name, message in problems.items()}

    def report(self) -> Report:
        """What was written, for the service; figures without an answer are left out."""
        data = self.cleaned_data
        figures = []
        for name in CHECKED:
            if data[f"as_{name}"] == SAME:
                figures.append(Found(name))
            elif data[f"as_{name}"] == DIFFERS:
                found, why = data[f"found_{name}"], data[f"why_{name}"]
                figures.append(Found(name, found, why, data[f"file_{name}"]))
        return Report(data["visited_on"], data["text"], figures, data["veto"], data["veto_reason"])


YES_NO = (("yes", _("Yes")), ("no", _("No")))
NUMBER = {"inputmode": "decimal", "autocomplete": "off"}
