"""Real threads, each with its own connection, released at one instant."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, transaction


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


def overtaken(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What `second` returned or raised, begun while `first` is done but has not committed yet."""
    done, go, found = threading.Event(), threading.Event(), []

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                go.wait(timeout=30)
        finally:
            done.set()
            connections.close_all()

    def follow() -> None:
        try:
            found.append(second())
        except Exception as error:  # noqa: BLE001  (whatever it raised is the result)
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hold), threading.Thread(target=follow)]
    threads[0].start()
    assert done.wait(timeout=30)
    threads[1].start()
    time.sleep(0.7)  # time enough to come as far as the first one's locks let it
    go.set()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return found[0]
