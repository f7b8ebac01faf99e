"""What each side may do on a request's page: the act, its form, and the words when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from secretaries import rules
from secretaries.forms import acts as forms
from secretaries.models import RequestHold, RequestStatus, ServiceRequest
from secretaries.selectors.clocks import Clock
from secretaries.services import extensions, holds, pauses, ratings, requests

Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`label`: what its words are called, on the page and where the form says what is missing."""

    form: type[forms.ActForm]
    do: Callable[[ServiceRequest, User, Words], object]
    done: str | Promise
    label: str | Promise = ""


ACTS: dict[str, Act] = {
    "answer": Act(
        forms.ActForm,
        lambda row, by, w: requests.answer(request=row, text=w["text"], by=by),
        _("Answered; the firm is asked to confirm."),
        _("What was settled, by whom, by when"),
    ),
    "reply": Act(
        forms.ActForm,
        lambda row, by, w: requests.reply(request=row, text=w["text"], by=by),
        _("First reply sent; the clock of the settlement goes on."),
        _("Who does what by when"),
    ),
    "pass": Act(
        forms.PassForm,
        lambda row, by, w: holds.pass_on(request=row, by=by, **w),
        _("Passed on; the clock goes on."),
    ),
    "assist": Act(
        forms.PassForm,
        lambda row, by, w: holds.ask_assistance(request=row, by=by, **w),
        _("Asked to assist; the department that leads stays the same."),
    ),
    "sign": Act(
        forms.SignForm,
        lambda row, by, w: holds.sign_for(request=row, hold=w["hold"], name=w["text"], by=by),
        _("Signed for."),
    ),
    "return": Act(
        forms.HoldForm,
        lambda row, by, w: holds.send_back(request=row, by=by, **w),
        _("Sent back: the request is with your office again."),
        _("Why it is not theirs"),
    ),
    "assisted": Act(
        forms.HoldForm,
        lambda row, by, w: holds.record_assistance(request=row, by=by, **w),
        _("Assistance recorded."),
        _("What was given"),
    ),
    "pause": Act(
        forms.PauseForm,
        lambda row, by, w: pauses.pause_clock(
            request=row, reason=w["reason"], evidence=w["text"], by=by
        ),
        _("The clock stands still; the firm has been told why."),
    ),
    "resume": Act(
        forms.ActForm,
        lambda row, by, w: pauses.resume_clock(request=row, text=w["text"], by=by),
        _("The clock goes on."),
        _("What has come"),
    ),
    "extend": Act(
        forms.ExtendForm,
        lambda row, by, w: extensions.ask_extension(
            request=row, days=w["days"], reason=w["text"], by=by
        ),
        _("Asked; the lead decides."),
        _("Reason"),
    ),
    "grant": Act(
        forms.ActForm,
        lambda row, by, w: extensions.decide_extension(
            request=row, granted=True, text=w["text"], by=by
        ),
        _("Granted; both sides have been told."),
        _("Reason of the decision"),
    ),
    "refuse": Act(
        forms.ActForm,
        lambda row, by, w: extensions.decide_extension(
            request=row, granted=False, text=w["text"], by=by
        ),
        _("Refused; both sides have been told."),
        _("Reason of the decision"),
    ),
    "note": Act(
        forms.ActForm,
        lambda row, by, w: requests.add_note(request=row, text=w["text"], by=by),
        _("Noted."),
        _("Note"),
    ),
    "call_back": Act(
        forms.ActForm,
        lambda row, by, w: requests.record_call_back(request=row, text=w["text"], by=by),
        _("Call-back recorded."),
        _("Who was called, what was said"),
    ),
    "satisfied": Act(
        forms.NoWordsForm,
        lambda row, by, _w: requests.confirm(request=row, satisfied=True, by=by),
        _("Closed. Thank you."),
    ),
    "unsatisfied": Act(
        forms.ActForm,
        lambda row, by, w: requests.confirm(request=row, satisfied=False, text=w["text"], by=by),
        _("Your word is recorded; whoever acts next has been told."),
        _("No, because"),
    ),
    "rate": Act(
        forms.RateForm,
        lambda row, by, w: ratings.rate_request(
            request=row, score=int(w["score"]), comment=w["text"], by=by
        ),
        _("Thank you for your mark."),
    ),
    "silent": Act(
        forms.NoWordsForm,
        lambda row, by, _w: requests.close_silent(request=row, by=by),
        _("Closed."),
    ),
    "decide": Act(
        forms.ActForm,
        lambda row, by, w: requests.close_by_lead(request=row, text=w["text"], by=by),
        _("Decided and closed; both sides have been told."),
        _("Decision, with the reason"),
    ),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the request, and what of it waits."""

    user: User
    serving: bool
    of_firm: bool
    lead: bool
    clock: Clock


def offered(row: ServiceRequest, reader: Reader, held: list[RequestHold]) -> set[str]:
    """The acts shown to this reader; the services ask again."""
    names: set[str] = set()
    if row.status == RequestStatus.OPEN:
        names = _while_open(row, reader, held)
    elif row.status == RequestStatus.ANSWERED:
        names = _once_answered(row, reader)
    elif reader.of_firm and not hasattr(row, "satisfaction"):
        names = {"rate"}
    if row.status != RequestStatus.CLOSED and (reader.serving or reader.of_firm or reader.lead):
        names.add("note")
    return names


def _while_open(row: ServiceRequest, reader: Reader, held: list[RequestHold]) -> set[str]:
    names: set[str] = set()
    extension = getattr(row, "extension", None)
    if reader.lead and extension is not None and extension.granted is None:
        names |= {"grant", "refuse"} if extension.asked_by_id != reader.user.pk else set()
    if not reader.serving:
        return names
    names |= {"answer", "pass", "assist"}
    names |= {"reply"} if row.response.stopped_at is None else set()
    if row.finish.paused_since:
        names.add("resume")
    elif not reader.clock.late:
        names |= {"pause", "extend"} if extension is None and reader.clock.left else {"pause"}
    names |= {"sign", "return"} if any(hold.signed_at is None for hold in held) else set()
    names |= {"assisted"} if any(hold.is_support for hold in held) else set()
    return names


def _once_answered(row: ServiceRequest, reader: Reader) -> set[str]:
    names: set[str] = set()
    if reader.of_firm and not row.contested:
        names |= {"satisfied", "unsatisfied"}
    if reader.serving or reader.lead:
        names.add("call_back")
        if row.raised_by_id != reader.user.pk and not row.contested:
            names.add("silent")
    if reader.lead and row.contested:
        names.add("decide")
    return names


def forms_of(
    names: set[str], held: list[RequestHold], name: str, bound: forms.ActForm | None
) -> dict[str, forms.ActForm]:
    """A form for each act offered; the one that was sent is given back with its errors, even
    where it is not offered any more."""
    return {
        one: bound if bound is not None and one == name else _form(one, _choices(one, held))
        for one in names | ({name} if bound is not None else set())
    }


def bind(name: str, data: Any, row: ServiceRequest) -> forms.ActForm:
    """The form that was sent; the departments are read where it names one."""
    if "hold" not in ACTS[name].form.base_fields:
        return _form(name, [], data)
    held = row.holds.filter(until__isnull=True, is_office=False)
    return _form(name, _choices(name, list(held)), data)


def _form(name: str, holds: list[RequestHold], data: Any = None) -> forms.ActForm:
    act = ACTS[name]
    return act.form(data, prefix=name, holds=holds, label=act.label)


def _choices(name: str, held: list[RequestHold]) -> list[RequestHold]:
    if name == "assisted":
        return [hold for hold in held if hold.is_support]
    return [hold for hold in held if hold.signed_at is None]


def may_act(user: User, row: Any) -> bool:
    """Whether any act on the request could be this person's; `.serves` annotated."""
    return rules.is_lead(user) or rules.speaks_for_firm(user, row.application) or row.serves
