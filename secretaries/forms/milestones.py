"""Forms of a project's milestones and investment, and of the list itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secretaries.forms.work import day_field, text_field
from secretaries.models import Mark, ProjectMilestone, Stage


class MilestoneForm(forms.Form):
    """One node: reached, planned anew, or not needed."""

    milestone = forms.TypedChoiceField(label=_("Node"), coerce=int)
    act = forms.ChoiceField(
        label=_("What happened"),
        choices=(
            ("reach", _("reached")),
            ("plan", _("planned for another day")),
            ("leave_out", _("this project does not need it")),
        ),
        widget=forms.RadioSelect,
        initial="reach",
    )
    on = day_field(_("Day"), required=False)
    text = text_field(
        _("What shows it, or why"),
        3,
        max_length=4000,
        help_text=_("For example the number of the permit or of the certificate."),
    )

    def __init__(self, *args: Any, rows: Iterable[ProjectMilestone], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["milestone"].choices = [  # type: ignore[attr-defined]
            (row.pk, str(row.node)) for row in rows if row.reached_on is None and not row.left_out
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("act") in ("reach", "plan") and not data.get("on") and "on" not in self.errors:
            self.add_error("on", _("Enter the day."))
        return data


class InvestmentForm(forms.Form):
    """What was invested in all by the end of a month."""

    month = day_field(_("Month"), help_text=_("Any day of the month."))
    invested = forms.DecimalField(
        label=_("Invested in all (CNY 10,000)"), min_value=0, max_digits=12, decimal_places=2
    )


class MonthForm(forms.Form):
    """Which month to show."""

    month = day_field(_("Month"), required=False, help_text=_("Any day of the month."))


class TemplateForm(forms.Form):
    """The list as lines: stage | Chinese name | English name | days | mark."""

    lines = text_field(
        _("Nodes"),
        22,
        max_length=8000,
        help_text=_(
            "A line for each node: stage | Chinese name | English name | days after the "
            "appointment | what it stands for (may be empty)."
        ),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_lines(self) -> list[tuple[str, str, str, int, str]]:
        found = []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("|")] + [""]
            known = len(parts) >= 5 and parts[0] in Stage.values and parts[3].isdecimal()
            if not known or parts[4] not in ("", *Mark.values):
                raise forms.ValidationError(
                    _("Line %(number)s cannot be read: %(line)s"),
                    params={"number": number, "line": line[:60]},
                )
            found.append((parts[0], parts[1], parts[2], int(parts[3]), parts[4]))
        return found
