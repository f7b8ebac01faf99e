"""The one door to a dossier's status."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, CharField, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, User
from accounts.selectors import members_by_firm
from applications import rules
from applications.models import Application
from applications.services import telling
from applications.wording import STATUS_NAMES
from applications.workflow import BY_NAME, Status
from audit.refusals import NotVisible, WrongState
from audit.services import Entry, record_all
from notifications.services import Dispatch, notify_all

# What is read with a dossier's row that is held.
AT_HAND: Final = ("call", "firm", "region__reports_to", "industry")


@dataclass(frozen=True, kw_only=True)
class Move:
    """One dossier's step; the arguments of `advance`. `by_itself`: the system takes it, as what
    follows from the act of whoever takes the others.
    """

    application: Application
    step: str
    reason: str = ""
    expect: Status | None = None
    after: dict[str, Any] | None = None
    quiet: bool = False
    by_itself: bool = False
    context: Mapping[str, Any] | None = None


def advance(
    *,
    application: Application,
    step: str,
    by: User | None,
    reason: str = "",
    expect: Status | None = None,
    after: dict[str, Any] | None = None,
    quiet: bool = False,
    context: Mapping[str, Any] | None = None,
) -> Application:
    """Take one step of `workflow.TRANSITIONS` with a dossier and return the fresh row.

    Locks the row, asks `rules.require` inside, checks the source state, writes, records the event
    `application.<step>` and tells the firm if a message kind of that name is registered.
    `by=None` only for the system's own steps. `quiet` leaves the telling to the caller; `context`
    adds values to the message; `after` goes into the event.

    Raises NotVisible, NotPermitted, WrongState (also when `expect` is not the state found).
    """
    move = Move(
        application=application,
        step=step,
        reason=reason,
        expect=expect,
        after=after,
        quiet=quiet,
        context=context,
    )
    return advance_all([move], by=by)[0]


@transaction.atomic
def advance_all(moves: Iterable[Move], *, by: User | None) -> list[Application]:
    """Take a step with each of these dossiers, as `advance` does with one: all of them or none.

    The same number of queries however many there are, as long as an office's people act.
    """
    listed = list(moves)
    rows = lock_all(move.application.pk for move in listed)
    moved = [replace(move, application=row) for move, row in zip(listed, rows, strict=True)]
    tell_firms(advance_held(moved, by=by))
    return rows


def advance_held(moves: list[Move], *, by: User | None, others: Iterable[Entry] = ()) -> list[Move]:
    """As `advance_all`, of rows that `lock_all` gave in this transaction; the moves are returned,
    for `tell_firms` or the caller to tell of them.

    `others` are the act's own events, recorded before the dossiers'.
    """
    events = record_all([*others, *(_take(m, None if m.by_itself else by) for m in moves)])
    by_target: dict[str, list[int]] = defaultdict(list)
    for row in (move.application for move in moves):
        row.status_since = events[0].at  # the act's own instant: it is not asked again
        by_target[row.status].append(row.pk)
    if by_target:
        reached = [When(pk__in=keys, then=Value(to)) for to, keys in by_target.items()]
        Application.objects.filter(pk__in=[move.application.pk for move in moves]).update(
            status=Case(*reached, output_field=CharField()), status_since=events[0].at
        )
    return moves


def _take(move: Move, by: User | None) -> Entry:
    """Move the locked row in memory, if that is allowed, and say what is to be recorded."""
    row, transition = move.application, BY_NAME[move.step]
    rules.require(by, move.step, row)
    source = Status(row.status)
    if source not in transition.sources or (move.expect is not None and source != move.expect):
        raise WrongState(
            _("The dossier is now in the state “%(state)s”. Open the page again and check.")
            % {"state": STATUS_NAMES[source]}
        )
    row.status = transition.target
    return Entry(
        action=f"application.{move.step}",
        obj=row,
        by=by,
        role=rules.acting_role(by, move.step, row),
        source=source,
        target=transition.target,
        reason=move.reason,
        after=move.after,
        scope=row.call.number,
    )


def tell_firms(moves: Iterable[Move], *others: Dispatch) -> None:
    """One message to each of a firm's people, where the step is not quiet, has words and its
    outcome is out; and the others with them."""
    told = [move for move in moves if not move.quiet and telling.has_words(move.step)]
    firms = {move.application.firm_id for move in told}
    people = members_by_firm(firms, Level.OWNER, Level.EDITOR) if firms else {}
    messages = [
        telling.dispatch(
            f"application.{move.step}",
            move.application,
            people[move.application.firm_id],
            reason=move.reason,
            extra=move.context,
        )
        for move in told
    ]
    notify_all([*messages, *others])


def _held() -> QuerySet[Application]:
    return Application.objects.select_for_update(of=("self",)).select_related(*AT_HAND)


def lock(application: Application) -> Application:
    """The dossier's row, held until the transaction ends, with its call, firm and region."""
    return _held().get(pk=application.pk)


def lock_all(keys: Iterable[int]) -> list[Application]:
    """The dossiers' rows in the order of these ids; locked in one order, so that nobody waits for
    ever. NotVisible when one is not there."""
    listed = list(keys)
    found = {row.pk: row for row in _held().filter(pk__in=listed).order_by("pk")}
    if found.keys() != set(listed):
        raise NotVisible
    return [found[key] for key in listed]


def page_of(application: Application) -> str:
    return reverse("applications:dossier", args=[application.pk])
