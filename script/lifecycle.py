"""Write docs/lifecycle.md from the tables that the services obey.

`lifecycle.py` writes the page, `lifecycle.py --check` exits 1 where it has fallen behind.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
PAGE = BASE / "docs" / "lifecycle.md"
sys.path.insert(0, str(BASE))

from applications.call_workflow import CALL_STEPS  # noqa: E402  # found only by the line above
from applications.workflow import FINAL, TRANSITIONS, Status, Transition  # noqa: E402

HEAD = """\
# The lifecycle of a dossier

Written by `script/lifecycle.py` from `applications/workflow.py`: change the table there, then run
it again. `applications.services.lifecycle.advance` is the only writer of a status. It locks the
dossier, asks whether the person may take the step, checks the state it leaves, writes, records one
event and tells the firm, all in one transaction.
"""
DOSSIER = """
Every step, who takes it, and what must hold. `owner` is an owner of the firm; `system` is the
worker, when a time limit has passed; the others are roles.
"""
CALL = """
# The lifecycle of a call

From `applications/call_workflow.py`, held by `applications.services.call_steps.advance_call`.
"""


def page() -> str:
    """The whole page."""
    parts = [
        HEAD,
        diagram(Status.DRAFT, dossier_arrows(), sorted(FINAL)),
        DOSSIER,
        table(dossier_rows()),
        CALL,
        diagram("draft", ((s.source, s.target, "") for s in CALL_STEPS), call_ends()),
        "",
        table(call_rows()),
    ]
    return "\n".join(parts) + "\n"


def diagram(first: str, arrows: Iterable[tuple[str, str, str]], last: Iterable[str]) -> str:
    """A Mermaid state diagram: arrows are source, target and the words on them."""
    drawn = [f"    {a} --> {b}" + (f": {words}" if words else "") for a, b, words in arrows]
    ends = [f"    {state} --> [*]" for state in last]
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *drawn, *ends, "```"]
    )


def dossier_arrows() -> Iterator[tuple[str, str, str]]:
    for step in TRANSITIONS:
        for source in in_order(step):
            yield source, step.target, step.name


def in_order(step: Transition) -> list[Status]:
    """The states a step may leave, in the order of a dossier's life."""
    return [status for status in Status if status in step.sources]


def dossier_rows() -> Iterator[tuple[str, ...]]:
    yield "step", "from", "to", "who", "what must hold"
    for step in TRANSITIONS:
        sources = ", ".join(in_order(step))
        yield step.name, sources, step.target, ", ".join(sorted(step.actors)), step.holds


def call_ends() -> list[str]:
    return sorted({s.target for s in CALL_STEPS} - {s.source for s in CALL_STEPS})


def call_rows() -> Iterator[tuple[str, ...]]:
    yield "from", "to", "who", "what must hold"
    for step in CALL_STEPS:
        yield step.source, step.target, ", ".join(sorted(step.roles)), step.holds


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    written = page()
    if not arguments:
        PAGE.write_text(written, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != written:
        print("docs/lifecycle.md has fallen behind the table: run script/lifecycle.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
