"""Forms of objections: filed, examined, answered, followed and reviewed. Services write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.contacts import ContactField, IdentityField
from awards.forms.money import FilesField, SeveralFiles
from awards.models import Objection


class ObjectionForm(forms.Form):
    """A real-name objection against one project of a notice."""

    application = forms.TypedChoiceField(label=_("Project objected to"), coerce=int)
    ground = forms.ChoiceField(
        label=_("Ground of the objection"),
        choices=[
            ("", _("choose")),
            *(Objection._meta.get_field("ground").choices or ()),
            ("merit", _("another opinion than the experts' (not a ground)")),
        ],
    )
    text = forms.CharField(
        label=_("Facts"),
        help_text=_("At least twenty characters: what happened, when, and what shows it."),
        widget=forms.Textarea(attrs={"rows": 6}),
        min_length=20,
        max_length=4000,
    )
    proof = FilesField(
        label=_("Proof"),
        help_text=_("PDF, JPG, PNG, DOCX or XLSX, 20 MB each, at most ten."),
        widget=SeveralFiles(attrs={"multiple": True}),
    )
    objector_name = forms.CharField(
        label=_("Your real name or your unit's"), max_length=80, min_length=2
    )
    objector_identity = IdentityField(
        label=_("Identity number or unified social credit code"),
        help_text=_("Kept secret; only those who examine the objection read it."),
        max_length=30,
    )
    objector_contact = ContactField(label=_("Telephone or e-mail"), max_length=80)

    def __init__(self, *args: Any, projects: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].choices = [("", _("choose")), *projects]  # type: ignore[attr-defined]  # a ChoiceField


class FindingForm(forms.Form):
    finding = forms.CharField(
        label=_("Finding"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("Firm and objector read it; it must not say who objected."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )


class FollowForm(forms.Form):
    """An objector asks what became of the objection."""

    number = forms.CharField(label=_("Number of the objection"), max_length=24)
    code = forms.CharField(
        label=_("Query code"),
        help_text=_("It stands on the receipt, as 7YT9-MM4X-A6B2-TV19."),
        max_length=40,
    )


class ReviewForm(forms.Form):
    """Why the answer should be reviewed above."""

    text = forms.CharField(
        label=_("What the answer got wrong"),
        help_text=_("At least twenty characters. There is one review; its decision is final."),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=20,
        max_length=4000,
    )


class ReviewDecisionForm(forms.Form):
    """The decision of the meeting above."""

    minutes = forms.TypedChoiceField(label=_("Minutes of the meeting"), coerce=int)
    decision = forms.CharField(
        label=_("Decision"),
        help_text=_("Firm and objector read it; it must not say who objected."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
    )

    def __init__(self, *args: Any, minutes: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].choices = minutes  # type: ignore[attr-defined]  # a ChoiceField
