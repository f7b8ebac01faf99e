"""Forms of panels: sizes, a dossier that moves, the seats of a panel. They read; services write."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import Industry
from reviews.grouping import LARGEST, SMALLEST
from reviews.models import Ground, Panel
from reviews.models.pool import Kind


def _whole(label: Any, low: int, high: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


class SizesForm(forms.Form):
    """How large panels shall be."""

    smallest = _whole(_("At least"), 1, 60, initial=SMALLEST)
    largest = _whole(_("At most"), 1, 60, initial=LARGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("smallest", "largest"):
            field: Any = self.fields[name]
            field.width, field.unit = "short", _("dossiers")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("smallest") and data.get("largest") and data["smallest"] > data["largest"]:
            self.add_error("largest", _("The largest size lies below the smallest."))
        return data


class MoveForm(forms.Form):
    """Where a dossier goes, and why."""

    panel = forms.ChoiceField(label=_("To panel"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=400)

    def __init__(self, *args: Any, panels: Iterable[tuple[Panel, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["panel"].choices = [(str(p.pk), words) for p, words in panels]  # type: ignore[attr-defined]  # a ChoiceField


class NamedForm(forms.Form):
    """Whether a person whom a firm named is this expert, and how the officer knows."""

    same = forms.ChoiceField(
        label=_("Is this the person the firm named?"),
        choices=(("yes", _("Yes, keep the expert from this dossier")), ("no", _("No, a namesake"))),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("How you know"),
        max_length=400,
        help_text=_("For example: asked the employer; the expert changed employers this year."),
    )


class ConflictForm(forms.Form):
    """A conflict of interest found after the draw: whose, with which dossier, what shows it."""

    expert = forms.ChoiceField(label=_("Expert"))
    dossier = forms.ChoiceField(label=_("Project"))
    ground = forms.ChoiceField(
        label=_("What kind of conflict"), choices=Ground.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was found. The office and the supervisors read it; the expert does not."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=400,
        help_text=_("What shows it, with its number and date, as an extract of a register."),
    )
    # What was shown to follow; empty until it was.
    foreseen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        experts: Mapping[str, str],
        dossiers: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"].choices = [("", _("Choose …")), *experts.items()]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["dossier"].choices = [("", _("Choose …")), *dossiers.items()]  # type: ignore[attr-defined]  # a ChoiceField


PREFIX = "seats"


class SeatForm(forms.Form):
    """One row of a panel's seats."""

    kind = forms.ChoiceField(label=pgettext_lazy("expert", "Kind"), required=False)
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    count = _whole(_("Experts"), 0, 21, required=False)

    def __init__(self, *args: Any, industries: Sequence[Industry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "—"), *Kind.choices]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["specialty"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("any")),
            *((i.code, str(i)) for i in industries),
        ]


MOST_SEATS = 12
SeatSet = forms.formset_factory(SeatForm, extra=0, max_num=MOST_SEATS)


def one_more(data: QueryDict) -> QueryDict:
    """What was sent for a `SeatSet`, with an empty row after it, up to the most there may be."""
    longer, total = data.copy(), f"{PREFIX}-TOTAL_FORMS"
    rows = longer.get(total, "")
    if rows.isascii() and rows.isdigit() and int(rows[:4]) < MOST_SEATS:
        longer[total] = str(int(rows) + 1)
    return longer


def seats_of(formset: Any) -> list[dict[str, Any]]:
    """The seats the rows ask for; empty rows are left out."""
    seats = []
    for data in (form.cleaned_data for form in formset):
        if not data.get("kind") or not data.get("count"):
            continue
        specialty = data.get("specialty") or None
        seats.append(
            {
                "id": f"{data['kind']}-{specialty}" if specialty else data["kind"],
                "kind": data["kind"],
                "specialty": specialty,
                "count": data["count"],
            }
        )
    return seats
