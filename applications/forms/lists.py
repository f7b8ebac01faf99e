"""Filter bars of lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors import recommending_regions
from applications.models import Call, CallStatus
from applications.wording import STATUS_NAMES
from applications.workflow import Status


class DossierFilter(forms.Form):
    """What a list of dossiers is narrowed by; an unreadable value asks for nothing."""

    text = forms.CharField(label=_("Project, applicant or number"), max_length=60, required=False)
    call = forms.ChoiceField(label=_("Call"), required=False)
    region = forms.ChoiceField(label=_("Place"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data or None)
        calls = Call.objects.exclude(status__in=(CallStatus.DRAFT, CallStatus.PROPOSED))
        everything = [("", _("all"))]
        self.fields["call"].choices = everything + [  # type: ignore[attr-defined]
            (n, n) for n in calls.values_list("number", flat=True)
        ]
        self.fields["region"].choices = everything + [  # type: ignore[attr-defined]
            (r.code, str(r)) for r in recommending_regions()
        ]
        self.fields["status"].choices = everything + [  # type: ignore[attr-defined]
            (s.value, STATUS_NAMES[s]) for s in Status if s is not Status.DRAFT
        ]

    def values(self) -> dict[str, str]:
        """The readable values; empty when the bar was not used."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {k: str(v) for k, v in self.cleaned_data.items() if v}
