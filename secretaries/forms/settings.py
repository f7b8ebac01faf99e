"""The form of the numbers of service."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from secretaries.service_rules import MOST_DAYS, PERCENTS, WEIGHTS

LABELS = {
    "appointment_days": _("Appointment after the award"),
    "first_contact_days": _("First contact"),
    "first_visit_days": _("First visit; visits written down"),
    "response_days": _("First reply to a request"),
    "complex_days": _("Settlement of a complex request"),
    "hard_days": _("Settlement of a hard request"),
    "sign_days": _("A department signs for a request"),
    "object_days": _("A department sends a request back"),
    "extension_lead_days": _("More time is asked for before the due day"),
    "extension_most_days": _("More time at most"),
    "silence_days": _("Silence of the firm after the answer"),
    "half_percent": _("First warning, per cent of the time"),
    "near_percent": _("Second warning, per cent of the time"),
    "overdue_unit": _("Overdue: the unit's head is told"),
    "overdue_city": _("Overdue: the city's convenor is told"),
    "overdue_province": _("Overdue: the provincial task force is told"),
    "overdue_inquiry": _("Overdue: an inquiry opens"),
    "visits_building": _("Visits a week while building"),
    "visits_running": _("Visits a month in production"),
    "weight_on_time": _("Appraisal: requests in time"),
    "weight_satisfaction": _("Appraisal: satisfaction of the firms"),
    "weight_visits": _("Appraisal: visits"),
    "weight_milestones": _("Appraisal: milestones in time"),
    "weight_data": _("Appraisal: records whole and in time"),
}
TIMES = ("visits_building", "visits_running")


def _unit(name: str) -> Any:
    if name in PERCENTS:
        return "%"
    if name in WEIGHTS:
        return _("points")
    return _("visits") if name in TIMES else _("working days")


class NumbersForm(forms.Form):
    """All numbers, the document they rest on, and the version they were changed from."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, label in LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                min_value=0 if name in WEIGHTS else 1,
                max_value=100 if name in (*PERCENTS, *WEIGHTS) else MOST_DAYS,
                help_text=_unit(name),
            )
        self.fields["document_no"] = forms.CharField(label=_("Document it rests on"), max_length=80)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=400)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput)
