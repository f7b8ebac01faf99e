"""Every act of a small life tried by everybody in one of its states."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from audit.models import Event
from audit.refusals import NotPermitted, Refused


def tried(
    acts: Mapping[str, Callable[[Any], Any]], people: Mapping[str, Any]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(act, person) that went through, and those to whom the act is not theirs.

    Each try is undone. What is refused leaves nothing, what is done leaves an event.
    """
    done, barred = set(), set()
    for act, do in acts.items():
        for name, person in people.items():
            undo, before = transaction.savepoint(), Event.objects.count()
            try:
                do(person)
                done.add((act, name))
                assert Event.objects.count() > before, (act, name)
            except NotPermitted:
                barred.add((act, name))
            except Refused:
                pass
            finally:
                transaction.savepoint_rollback(undo)
            assert Event.objects.count() == before
    return done, barred


def pairs(act: str, *names: str) -> set[tuple[str, str]]:
    return {(act, name) for name in names}
