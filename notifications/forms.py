"""Where one's own messages reach."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications import choices
from notifications.choices import Pace, Way
from notifications.kinds import Sort


class ChoicesForm(forms.Form):
    """A radio for each sort of message and each channel where there is something to choose."""

    mobile = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=20,
        help_text=_("With the country: +86 and eleven digits. Nobody else sees it on a page."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"].initial = user.mobile
        self.ways = choices.offered(user)
        if not choices.needs_number(self.ways):
            del self.fields["mobile"]
        for sort in Sort:
            for way in self.ways:
                paces = choices.paces(sort, way)
                if len(paces) > 1:
                    self.fields[f"{sort}-{way}"] = forms.ChoiceField(
                        label=way.label,
                        choices=[(pace.value, pace.label) for pace in paces],
                        initial=choices.pace_of(user, sort, way),
                        widget=forms.RadioSelect,
                    )

    def sorts(self) -> Iterator[tuple[Sort, list[BoundField], bool]]:
        """Each sort with its fields, and whether it is always in the inbox."""
        for sort in Sort:
            own = [self[f"{sort}-{way}"] for way in self.ways if f"{sort}-{way}" in self.fields]
            yield sort, own, choices.paces(sort, Way.INBOX) == (Pace.EACH,)

    def clean_mobile(self) -> str:
        """Without the blanks and dashes people write; eleven digits alone are the mainland's."""
        text: str = self.cleaned_data["mobile"]
        bare = "".join(sign for sign in text if sign not in " -()")
        return f"+86{bare}" if len(bare) == 11 and bare.isdecimal() else bare

    def chosen(self) -> dict[tuple[Sort, Way], Pace]:
        """The answers, by sort and channel."""
        return {
            (sort, way): Pace(self.cleaned_data[f"{sort}-{way}"])
            for sort in Sort
            for way in self.ways
            if f"{sort}-{way}" in self.fields
        }
