"""Every state x every person x every step of the lifecycle, against the table itself.

A step that the table grants moves the dossier and leaves one event; any other try is refused by
the right refusal and leaves nothing. Whoever may not know of the dossier is told that there is
none, whatever its state.
"""

from itertools import cycle

import pytest
from django.db import transaction

from applications import rules
from applications.models import Application
from applications.services import lifecycle
from applications.workflow import TRANSITIONS, Actor, Status
from audit import clock
from audit.models import Event
from audit.refusals import NotPermitted, NotVisible, WrongState
from notifications.models import Message
from tests import making

pytestmark = pytest.mark.django_db

PERSONS_OF = {
    Actor.OWNER: {"applicant"},
    Actor.REGIONAL_OFFICER: {"region"},
    Actor.PROGRAMME_OFFICER: {"officer"},
    Actor.APPROVER: {"approver"},
    Actor.FINANCE_OFFICER: {"finance"},
    Actor.SYSTEM: {"system"},
}
FIRM = {"applicant", "editor", "viewer"}
OFFICE = {"region", "officer", "supervisor", "approver", "finance"}
PROJECT = {Status.AWARDED, Status.AGREED, Status.IN_PROGRESS, Status.COMPLETED, Status.TERMINATED}


def seers(status: Status) -> set[str]:
    """Who may know of the dossier: its firm, once submitted the office, once awarded the lead.

    Never another firm, another region, an expert or a secretary without this dossier, nor any of
    the three administrators.
    """
    if status == Status.DRAFT:
        return FIRM
    return FIRM | OFFICE | ({"lead"} if status in PROJECT else set())


def doers(step: str) -> set[str]:
    """Who may take the step, by the table."""
    actors = next(t for t in TRANSITIONS if t.name == step).actors
    return set().union(*(PERSONS_OF[actor] for actor in actors))


@pytest.fixture
def cast(everybody) -> dict:
    return everybody | {"system": None}


@pytest.fixture
def in_status(firm, officer, viewer, editor):
    """Makes the firm's dossier in a state, as if it had come there."""
    return lambda status: making.dossier(making.call(officer), firm, status=status)


def test_who_may_take_which_step(cast, in_status):
    """Every state x person x step: the rule says what the table says, and refuses by the right
    name."""
    for status in Status:
        dossier = in_status(status)
        seeing = {name for name, user in cast.items() if rules.may_see(user, dossier)}
        assert (status, seeing) == (status, seers(status))
        for step in TRANSITIONS:
            allowed = {name for name, user in cast.items() if rules.may(user, step.name, dossier)}
            expected = doers(step.name) & (seeing | {"system"})
            assert (status, step.name, allowed) == (status, step.name, expected)
            for name in cast.keys() - allowed:
                with pytest.raises(refusal_of(status, step, name)):
                    rules.require(cast[name], step.name, dossier)


@pytest.mark.parametrize("status", list(Status))
def test_the_door_opens_as_the_table_says(status, cast, in_status):
    """Every step through the door, by all who may take it and by two others in turn.

    The others' turn comes round to everybody several times in each state.
    """
    dossier = in_status(status)
    before = traces(dossier)
    others = cycle(sorted(cast))
    taken = set()
    for step in TRANSITIONS:
        for name in sorted({*doers(step.name), next(others), next(others)}):
            refusal = refusal_of(status, step, name)
            if refusal is None:
                take(dossier, step, cast[name])
                taken.add((step.name, name))
                continue
            with pytest.raises(refusal) as caught:
                lifecycle.advance(application=dossier, step=step.name, by=cast[name])
            assert caught.type is refusal, (step.name, name)
    assert traces(dossier) == before
    assert taken == {
        (step.name, name)
        for step in TRANSITIONS
        if status in step.sources
        for name in doers(step.name)
    }


def refusal_of(status: Status, step, name: str):
    """The refusal that person gets, or None where the table lets the step be taken."""
    if name != "system" and name not in seers(status):
        return NotVisible
    if name not in doers(step.name):
        return NotPermitted
    return None if status in step.sources else WrongState


def take(dossier: Application, step, user) -> None:
    """The step is taken, leaves one event that says all of it, and is undone again."""
    source, last = dossier.status, Event.objects.order_by("-id").values_list("id", flat=True)[0]
    undo = transaction.savepoint()
    if step.name == "submit":  # what the service enters first, so that the row may leave its draft
        Application.objects.filter(pk=dossier.pk).update(
            number=f"{dossier.call.number}-1", requested=24_000_000, submitted_at=clock.now()
        )
    moved = lifecycle.advance(
        application=dossier, step=step.name, by=user, reason="见审查意见", quiet=True
    )
    [event] = Event.objects.filter(id__gt=last)
    assert moved.status == Application.objects.get(pk=dossier.pk).status == step.target
    assert (event.action, event.source, event.target) == (
        f"application.{step.name}", source, step.target,
    )  # fmt: skip
    assert (event.object_type, event.object_id) == ("applications.application", str(dossier.pk))
    assert event.actor_id == (user.pk if user else None)
    assert event.role in step.actors
    assert (event.reason, event.scope) == ("见审查意见", dossier.call.number)
    transaction.savepoint_rollback(undo)


def traces(dossier: Application) -> tuple:
    """Whatever a step could leave behind."""
    row = Application.objects.filter(pk=dossier.pk).values().get()
    return row, Event.objects.count(), Message.objects.count()
