"""The page that draws the lifecycle is the table's own picture."""

import runpy

from applications.workflow import TRANSITIONS, Status
from config.embedded_places import BASE

SCRIPT = runpy.run_path(str(BASE / "script" / "lifecycle.py"))


def test_the_page_is_what_the_table_says_now():
    written = (BASE / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert written == SCRIPT["page"](), "run .venv/bin/python script/lifecycle.py"


def test_the_diagram_draws_every_step_from_every_state_it_may_leave():
    drawn = set(SCRIPT["dossier_arrows"]())
    assert drawn == {
        (source, step.target, step.name) for step in TRANSITIONS for source in step.sources
    }
    assert {source for source, _, _ in drawn} | {target for _, target, _ in drawn} == set(Status)
