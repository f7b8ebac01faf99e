"""Forms of eligibility screening."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from applications.forms.recommendation import YES_NO
from applications.models import Application, Call, Screening
from applications.services.screening import Item
from applications.wording import STATUS_NAMES
from applications.workflow import Status

SHOWN = (Status.RECOMMENDED, Status.RETURNED, Status.ELIGIBLE, Status.INELIGIBLE)
OK = {"yes": True, "no": False, "": None}


class ScreeningFilter(forms.Form):
    """Which dossiers to show."""

    text = forms.CharField(label=_("Name or number"), required=False, max_length=60)
    call = forms.ChoiceField(label=_("Call"), required=False)
    region = forms.ChoiceField(label=_("Recommended by"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, calls: list[Call], regions: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["call"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all calls")),
            *((call.number, f"{call.number} {call}") for call in calls),
        ]
        self.fields["region"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all regions")),
            *((region.code, str(region)) for region in regions),
        ]
        self.fields["state"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", _("all states")),
            *((s.value, STATUS_NAMES[s]) for s in SHOWN),
        ]


class ItemsForm(forms.Form):
    """A yes or no and a reason for each item of the call's list."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = application.call.screening_items
        for number, item in enumerate(self.items, start=1):
            code = item["code"]
            self.fields[f"ok_{code}"] = forms.ChoiceField(
                label=f"{number}. {text_of(item)}",
                choices=YES_NO,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{code}"] = forms.CharField(
                label=_("Reason"),
                required=False,
                max_length=1000,
                widget=forms.TextInput,
            )

    @classmethod
    def of(cls, application: Application, screening: Screening | None) -> "ItemsForm":
        """The form with the answers on record."""
        initial: dict[str, Any] = {"version": screening.version if screening else 0}
        for code, item in (screening.items if screening else {}).items():
            ok = item.get("ok")
            initial[f"ok_{code}"] = "" if ok is None else "yes" if ok else "no"
            initial[f"reason_{code}"] = item.get("reason", "")
        return cls(initial=initial, application=application)

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each item's two fields and whether it is a veto."""
        return [
            {
                "ok": self[f"ok_{item['code']}"],
                "reason": self[f"reason_{item['code']}"],
                "veto": item.get("veto", False),
            }
            for item in self.items
        ]

    def answers(self) -> dict[str, Item]:
        """What was answered, for the service."""
        data = self.cleaned_data
        return {
            code: Item(ok=OK[data.get(f"ok_{code}", "")], reason=data.get(f"reason_{code}", ""))
            for code in (item["code"] for item in self.items)
        }


def text_of(item: dict[str, Any]) -> str:
    """An item's words in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str((item.get("text_en") if english else "") or item["text_zh"])


class AnswerForm(forms.Form):
    """Why a finding does not stand in the way."""

    answer = forms.CharField(label=_("What was found out"), max_length=1000)
