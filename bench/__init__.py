"""Figures that must be reached, measured: `script/bench [WORD …]`.

Each module named in `MODULES` has a tuple `FIGURES`; whoever adds a module adds its name there.
A figure is measured in a process of its own, so that its memory is its own.
"""

MODULES = (
    "bench.draw",
    "bench.matching",
    "bench.ranking",
    "bench.certainty",
    "bench.envelope",
    "bench.appointment",
    "bench.clocks",
    "bench.papers",
    "bench.outbox",
)
