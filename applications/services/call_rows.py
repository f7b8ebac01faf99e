"""What every act on a call begins and ends with: who may, the locked row, the event."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from applications import call_content, rules
from applications.models import Call
from audit.refusals import Invalid, NotPermitted
from audit.services import record


class CallInvalid(Invalid):
    """A call that cannot be proposed or published; `problems` are (field, sentence)."""

    def __init__(self, problems: list[call_content.Problem]) -> None:
        super().__init__(problems[0][1], problems[0][0])
        self.problems = problems


def require_officer(by: User) -> None:
    if not rules.may_write_call(by):
        raise NotPermitted(_("Only a programme officer sets up and publishes calls."))


def lock_call(call: Call) -> Call:
    return Call.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=call.pk)


def note(
    call: Call, action: str, by: User, source: str, target: str, reason: str = "", **after: Any
) -> None:
    record(
        action=f"call.{action}",
        obj=call,
        by=by,
        role=Role.PROGRAMME_OFFICER,
        source=source,
        target=target,
        reason=reason,
        scope=call.number,
        after=after or None,
    )
