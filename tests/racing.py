"""Real threads, each with its own connection, released at one instant."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections


def race(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each act returned or raised, in their order."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            results[place] = act()
        except Exception as error:  # noqa: BLE001  (whatever it raised is the result)
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results
