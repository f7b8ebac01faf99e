"""Form of the joint decision on tied dossiers. It reads; services write."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import RankingEntry


class TieForm(forms.Form):
    """The place each tied dossier takes by the minutes of the joint meeting."""

    minutes_no = forms.CharField(
        label=_("Number of the minutes"), max_length=80, help_text=_("As 联席纪要〔2026〕2号.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, entries: Sequence[RankingEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        self.ranks = {e.rank for e in entries}
        # None is chosen beforehand: the order is the meeting's, not that of the numbers.
        places = [("", _("choose")), *((str(n), str(n)) for n in range(1, len(entries) + 1))]
        for entry in entries:
            self.fields[f"place_{entry.application_id}"] = forms.ChoiceField(
                label=entry.application.title, choices=places
            )
        self.order_fields([*self.places(), "minutes_no", "reason"])

    def places(self) -> list[str]:
        return [f"place_{e.application_id}" for e in self.entries]

    def place_fields(self) -> list[forms.BoundField]:
        """The inputs of the places, for the page."""
        return [self[name] for name in self.places()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given = [data[name] for name in self.places() if name in data]
        if len(set(given)) != len(given):
            self.add_error(None, _("Give each dossier a place of its own."))
        return data

    def order(self) -> list[int]:
        """Ids of the dossiers, the better one first."""
        entries = sorted(
            self.entries, key=lambda e: int(self.cleaned_data[f"place_{e.application_id}"])
        )
        return [e.application_id for e in entries]
