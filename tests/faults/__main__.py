"""The fault test: a house whose processes are killed while people work in it, then looked through.

`STEELYARD_DATA=… python -m tests.faults --kills 50 --seed 7`: exit 0 and the figures as JSON, or
exit 1 and what is wrong, with the seed, the moments and the kinds.
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections import Counter
from datetime import timedelta
from pathlib import Path

from config import demo
from tests.faults.house import KINDS, House
from tests.faults.moments import moments

FEW = 20  # kills: with fewer a call is rehearsed to its end of the paper review only
SMALL, WHOLE = ("12", "30", "scored"), ("14", "36", "closed")
SMALL_ACTS, WHOLE_ACTS = 800, 1_800  # about as many as they make
DRAIN_SECONDS = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    house = House(Path(os.environ["STEELYARD_DATA"]).resolve())
    try:
        wrong = run(house, given.kills, given.seed)
    except Exception:  # noqa: BLE001  # whatever it was: with the seed and the moments
        wrong = [traceback.format_exc()]
    finally:
        house.close()
    if wrong:
        wrong.append(f"seed {given.seed}; killed at (seconds, kind): {house.kills}")
        sys.stdout.write("\n".join(wrong) + "\n")
    return 1 if wrong else 0


def run(house: House, kills: int, seed: int) -> list[str]:
    is_small = kills < FEW
    times = {}
    began = time.monotonic()
    house.open()
    prepare()
    house.people_it()
    times["opened"] = time.monotonic() - began
    size, acts = (SMALL, SMALL_ACTS) if is_small else (WHOLE, WHOLE_ACTS)
    house.processes.start("player", "tests.faults.play", *size, str(seed))
    house.processes.start("clients", "tests.faults.clients", str(house.port), str(seed))
    for moment in moments(seed, kills, KINDS, acts):
        goal = house.done() + moment.after
        house.wait(lambda goal=goal: house.done() >= goal, "no more acts")
        time.sleep(moment.delay)
        house.kill(moment.kind)
    house.wait(lambda: house.has_ended("player"), "the rehearsal does not end")
    times["attacked"] = time.monotonic() - began
    house.send_clients_home()
    drain(house)
    times["drained"] = time.monotonic() - began

    from tests.faults import afterwards

    cuts = sum(kind in ("worker", "postgres") for _at, kind in house.kills)
    found, wrong = afterwards.look(house.place, cuts)
    times["looked"] = time.monotonic() - began
    figures = {
        "seed": seed,
        "kills": dict(Counter(kind for _at, kind in house.kills)),
        **found,
        "seconds": {name: round(value, 1) for name, value in times.items()},
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return house.fallen + wrong


def prepare() -> None:
    """Tables, the mark of a rehearsal, and where the acts leave their receipts."""
    demo.migrate()

    from django.db import connection

    from audit import clock
    from tests.faults.patience import RECEIPTS

    clock.mark_as_rehearsal()
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS)
    connection.close()


def drain(house: House) -> None:
    """Until nothing waits; time passes, so that what a killed worker had taken is free again."""
    from django.db import connection

    from audit import clock
    from audit.models import Unsealed
    from audit.services import seal_events
    from rehearsal.worker import pending

    house.keep_up()
    connection.close()
    until = time.monotonic() + DRAIN_SECONDS
    while pending() or Unsealed.objects.exists():
        if time.monotonic() > until:
            return  # what is left is named afterwards
        clock.travel_by(timedelta(minutes=1))
        house.keep_up()
        seal_events()
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
