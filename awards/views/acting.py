"""Pages of a project on which several people act: what each may do now, as forms with words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.http import SignedInRequest
from audit.refusals import NotPermitted, Refused, WrongState
from awards.forms.refusing import add_refusal
from awards.models import Award
from awards.selectors import money

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Act:
    """What this person may do on a page now. `form` takes data, files and a prefix; `do` takes what
    was cleaned. `folded`: shown closed, as what is not the usual way on."""

    name: str
    title: Words
    verb: Words
    form: Callable[..., forms.Form]
    do: Callable[[dict[str, Any]], Any]
    done: Words
    text: Words = ""
    folded: bool = False

    def drawn(self, *data: Any) -> forms.Form:
        return self.form(*data, prefix=self.name)


@dataclass(frozen=True, slots=True)
class Drawn:
    """An act with its form, for the template."""

    act: Act
    form: forms.Form


def award_of(request: SignedInRequest, pk: int) -> Award:
    """The award, if the person may know of it, with its agreement."""
    found = money.visible_awards(request.user).select_related("agreement").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def drawn(acts: Sequence[Act]) -> list[Drawn]:
    """The acts with empty forms."""
    return [Drawn(act, act.drawn()) for act in acts]


def carried_out(
    request: SignedInRequest, acts: Sequence[Act], *, concerned: bool
) -> list[Drawn] | None:
    """Do the act that was posted: None when it is done, else the forms, which say why not.

    An act that is not among these is refused: to who is `concerned` with the page because its turn
    has passed, to others because it is not theirs.
    """
    if not concerned:
        raise NotPermitted(_("Your role does not allow this. Ask a colleague whose role it is."))
    chosen = next((act for act in acts if act.name == request.POST.get("act")), None)
    if chosen is None:
        raise WrongState(_("This was settled meanwhile. Open the page again and check."))
    form = chosen.drawn(request.POST, request.FILES)
    if form.is_valid():
        try:
            chosen.do(form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused, drawn_again=False)
        else:
            messages.success(request, str(chosen.done))
            return None
    return [Drawn(act, form if act is chosen else act.drawn()) for act in acts]
