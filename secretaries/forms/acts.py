"""Forms of the acts on a request and on an inquiry."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secretaries.forms.work import text_field
from secretaries.models import InquiryCause, InquiryFinding, PauseReason, RequestHold

SCORES = (
    ("5", _("5 very satisfied")),
    ("4", _("4 satisfied")),
    ("3", _("3 fair")),
    ("2", _("2 dissatisfied")),
    ("1", _("1 very dissatisfied")),
)


class ActForm(forms.Form):
    """An act on a request that needs words, `label` is what they are called; `holds`: the
    departments that hold it now."""

    text = text_field(_("Text"), 4, max_length=4000)

    def __init__(
        self, *args: Any, holds: Iterable[RequestHold] = (), label: Any = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
        if "hold" in self.fields:
            self.fields["hold"].choices = [(row.pk, row.unit) for row in holds]  # type: ignore[attr-defined]


class NoWordsForm(ActForm):
    """An act that needs no words."""

    text = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)


class PassForm(ActForm):
    """Which department holds the request now, or assists."""

    unit = forms.CharField(label=_("Department"), max_length=80)
    text = forms.CharField(label=_("Remark"), max_length=400, required=False)
    field_order = ("unit", "text")


class SignForm(ActForm):
    """Who signed for the request at a department."""

    hold = forms.TypedChoiceField(label=_("Department"), coerce=int)
    text = forms.CharField(label=_("Who signed"), max_length=60)
    field_order = ("hold", "text")


class HoldForm(ActForm):
    """An act of one of the departments that hold the request."""

    hold = forms.TypedChoiceField(label=_("Department"), coerce=int)
    field_order = ("hold", "text")


class PauseForm(ActForm):
    """Why the clock stands still, and what shows it."""

    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason, widget=forms.RadioSelect)
    text = text_field(
        _("What shows it"),
        3,
        max_length=4000,
        help_text=_("What is waited for, asked of whom and when, with the number of the letter."),
    )
    field_order = ("reason", "text")


class ExtendForm(ActForm):
    """How many working days more, and why."""

    days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=250)
    field_order = ("days", "text")


class RateForm(ActForm):
    """The firm's mark for how a request was handled."""

    score = forms.ChoiceField(
        label=_("How satisfied are you with the handling?"),
        choices=SCORES,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("Your comment"), max_length=400, required=False)
    field_order = ("score", "text")


class FindingForm(forms.Form):
    """What an inquiry finds."""

    cause = forms.ChoiceField(label=_("Cause"), choices=InquiryCause, widget=forms.RadioSelect)
    responsible = forms.CharField(label=_("Responsible unit"), max_length=80)
    finding = forms.ChoiceField(
        label=_("Finding on fault"), choices=InquiryFinding, widget=forms.RadioSelect
    )
    measures = text_field(_("Measures"), 4, max_length=4000)
