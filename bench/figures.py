"""What a figure is, and how one is measured."""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

_LOOPS = 3_000_000


@dataclass(frozen=True)
class Found:
    """What came out in words, the processor time that other processes took for it (a database's),
    and whether a limit of its own holds."""

    words: str
    elsewhere: float = 0.0
    holds: bool = True


Work = Callable[[], str | Found]


@dataclass(frozen=True)
class Figure:
    """`prepare` makes what is measured; calling what it returns is the measured work, whose
    answer says in words what came out. `seconds` are of processor time, `megabytes` of the whole
    process at its greatest; None: no limit."""

    name: str
    prepare: Callable[[], Work]
    seconds: float | None = None
    megabytes: int | None = None


@dataclass(frozen=True)
class Measured:
    """Seconds of processor and of clock, megabytes, what came out, whether the limits hold."""

    name: str
    seconds: float
    clock: float
    megabytes: int
    outcome: str
    reached: bool

    def data(self) -> dict[str, Any]:
        return asdict(self)


def measure(figure: Figure) -> Measured:
    work = figure.prepare()
    clock, began = time.perf_counter(), time.process_time()
    said = work()
    seconds, passed = time.process_time() - began, time.perf_counter() - clock
    megabytes = peak()
    found = said if isinstance(said, Found) else Found(said)
    seconds += found.elsewhere
    reached = (
        found.holds
        and (figure.seconds is None or seconds <= figure.seconds)
        and (figure.megabytes is None or megabytes <= figure.megabytes)
    )
    return Measured(figure.name, seconds, passed, megabytes, found.words, reached)


def peak() -> int:
    """The greatest memory this process has had, MB (macOS counts bytes, others kilobytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20


def yardstick() -> float:
    """Seconds of processor time of a fixed loop in plain Python: what this machine is worth."""
    began, total = time.process_time(), 0
    for number in range(_LOOPS):
        total = (total * 31 + number) % 1_000_003
    return time.process_time() - began
