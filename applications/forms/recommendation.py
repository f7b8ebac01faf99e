"""Forms of the regional officer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application, Call
from applications.wording import STATUS_NAMES
from applications.workflow import Status

YES_NO = (("yes", _("yes")), ("no", _("no")))
SHOWN = (
    Status.SUBMITTED,
    Status.RETURNED,
    Status.RECOMMENDED,
    Status.NOT_RECOMMENDED,
    Status.ELIGIBLE,
    Status.INELIGIBLE,
)


class LineFilter(forms.Form):
    """Which dossiers of the own reporting line to show."""

    text = forms.CharField(
        label=_("Name or number"), required=False, max_length=60, widget=forms.TextInput
    )
    call = forms.ChoiceField(label=_("Call"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, calls: list[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all calls")),
            *((call.number, f"{call.number} {call}") for call in calls),
        ]
        self.fields["state"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all states")),
            *((s.value, STATUS_NAMES[s]) for s in SHOWN),
        ]


class CheckForm(forms.Form):
    """What the region found."""

    site_visited_on = forms.DateField(
        label=_("Day of the site visit"),
        help_text=_("Leave empty when the site was not visited."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    truthful = forms.ChoiceField(
        label=_("Does the dossier agree with the facts?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    finance_agrees = forms.ChoiceField(
        label=_("Does the finance department of the same level agree?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(
        label=_("Opinion"),
        help_text=_("What was checked, what was found; 10 to 4,000 characters."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    @classmethod
    def of(cls, application: Application) -> "CheckForm":
        """The form with the check on record, if any."""
        check = getattr(application, "regional_check", None)
        if check is None:
            return cls()
        return cls(
            initial={
                "site_visited_on": check.site_visited_on,
                "truthful": "yes" if check.truthful else "no",
                "finance_agrees": "yes" if check.finance_agrees else "no",
                "opinion": check.opinion,
            }
        )


class RefuseForm(forms.Form):
    """Why a dossier is not recommended."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The firm reads it; 10 to 4,000 characters."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
