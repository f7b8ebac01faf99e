"""A rehearsal keeps away from every database with a history of its own."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from audit import clock
from audit.models import Event
from rehearsal.database import Occupied, make_ready

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("keep", [False, True])
def test_a_database_with_a_history_is_not_touched(keep, officer):
    before = (User.objects.count(), Event.objects.count())
    with pytest.raises(Occupied):
        make_ready(keep=keep)
    assert (User.objects.count(), Event.objects.count()) == before
    assert not clock.is_rehearsal()


@pytest.mark.parametrize("command", [["rehearse"], ["rehearse", "--keep"], ["rehearse_demo"]])
def test_the_commands_say_so(command, officer):
    events = Event.objects.count()
    with pytest.raises(CommandError, match="history"):
        call_command(*command)
    assert Event.objects.count() == events


@pytest.mark.parametrize("few", [["--applications", "11"], ["--experts", "29"]])
def test_too_small_a_rehearsal_is_refused_before_anything_is_touched(few, db):
    with pytest.raises(CommandError, match="at least"):
        call_command("rehearse", *few)
    assert not clock.is_rehearsal()


def test_the_clock_of_a_real_database_cannot_be_moved(officer):
    before = clock.now()
    with pytest.raises(CommandError):
        call_command("travel", days=1)
    assert clock.now() - before < timedelta(seconds=5)


def test_the_clock_of_a_rehearsal_runs_ahead_and_never_back(db):
    clock.mark_as_rehearsal()
    before = clock.now()
    call_command("travel", days=2, hours=3)
    moved = clock.now() - before
    assert timedelta(days=2, hours=3) <= moved < timedelta(days=2, hours=3, minutes=1)
