"""Prints every figure beside its limit and the machine's own yardstick; exit 1 if one is missed."""

import importlib
import json
import subprocess
import sys
from typing import Any

from bench import MODULES
from bench.figures import Figure, measure, yardstick


def main(words: list[str]) -> int:
    if words[:1] == ["--one"]:
        print(json.dumps(measure(figures(words[1])[int(words[2])]).data()))
        return 0
    asked = [
        (module, place, figure)
        for module in MODULES
        for place, figure in enumerate(figures(module))
        if not words or any(word in f"{module} {figure.name}" for word in words)
    ]
    print(f"yardstick: {yardstick():.2f} s of processor for three million rounds of plain Python\n")
    print(f"{'figure':<58}{'cpu s':>8}{'limit':>7}{'clock':>8}{'MB':>6}{'limit':>7}  outcome")
    missed = 0
    for module, place, figure in asked:
        found = one(module, place)
        missed += found is None or not found["reached"]
        print(line(figure, found), flush=True)
    return 1 if missed or not asked else 0


def figures(module: str) -> tuple[Figure, ...]:
    found: tuple[Figure, ...] = importlib.import_module(module).FIGURES
    return found


def one(module: str, place: int) -> dict[str, Any] | None:
    """The figure measured in a process of its own; None if that failed."""
    command = [sys.executable, "-m", "bench", "--one", module, str(place)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    found: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def line(figure: Figure, found: dict[str, Any] | None) -> str:
    if found is None:
        return f"{figure.name:<58}  FAILED"
    limits = ["" if limit is None else f"{limit:g}" for limit in (figure.seconds, figure.megabytes)]
    return (
        f"{figure.name:<58}{found['seconds']:>8.2f}{limits[0]:>7}{found['clock']:>8.2f}"
        f"{found['megabytes']:>6}{limits[1]:>7}  {'' if found['reached'] else 'MISSED: '}"
        f"{found['outcome']}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
