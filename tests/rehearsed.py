"""A whole rehearsal, run once for all tests of a session, by the command, as a user would.

It has a database of its own on the session's PostgreSQL; `rehearsal` is what the commands said.
With several test processes the first that asks runs it, the others wait for it.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from config import embedded_places
from tests import emptying
from tests.exhaustive import ASKED

MOULD = "rehearsed"  # the database that copies are made of; nobody connects to it afterwards
SIZE = ("--applications", "14", "--experts", "36")


@dataclass(frozen=True)
class Rehearsal:
    """What the last of the runs with one seed told, the ranking of each as `export_ranking` prints
    it, the certificate of each draw of the last as `export_draw` does, and what the checks of the
    house said after it; each exits 1 where anything is amiss."""

    report: dict[str, Any]
    rankings: list[str]
    certificates: dict[str, str]
    checks: dict[str, str]


@pytest.fixture(scope="session")
def rehearsal(request, django_db_setup, django_db_blocker) -> Rehearsal:
    """The first run, only with `--exhaustive`, ends with the ranking; the second empties the
    database and goes on until half of its projects are closed."""
    runs = ("ranked", "closed") if request.config.stash[ASKED] else ("closed",)
    told = settings.DATA_DIR / "rehearsal.json"
    with one_at_a_time(settings.DATA_DIR / "rehearsal.lock"):
        if not told.exists():
            with django_db_blocker.unblock():
                make_mould()
            told.write_text(json.dumps(run(runs, settings.DATA_DIR / "report.json")))
    return Rehearsal(**json.loads(told.read_text()))


def make_mould() -> None:
    """An empty house, as the migrations left it."""
    statement(f"CREATE DATABASE {MOULD} TEMPLATE {emptying.MIGRATED} STRATEGY FILE_COPY")


def run(runs: tuple[str, ...], report: Path) -> dict[str, Any]:
    rankings = []
    for until in runs:
        manage("rehearse", *SIZE, "--until", until, "--json", str(report))
        rankings.append(manage("export_ranking", "2024-1", "--format", "csv"))
    told = json.loads(report.read_text())
    certificates = {n: manage("export_draw", n) for n in told["draw"]["numbers"]}
    checks = {command: manage(command) for command in ("check_invariants", "verify_audit")}
    return {
        "report": told,
        "rankings": rankings,
        "certificates": certificates,
        "checks": checks,
    }


def manage(*arguments: str) -> str:
    """What `manage.py` prints, on the rehearsal's database; its worker has a queue of its own."""
    environment = {
        **os.environ,
        "DATABASE_URL": embedded_places.database_url(settings.SERVICES, MOULD),
        "STEELYARD_QUEUE": MOULD,
        "STEELYARD_ANCHORS": str(settings.DATA_DIR / "rehearsal-anchors"),
    }
    done = subprocess.run(
        [sys.executable, embedded_places.BASE / "manage.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@contextmanager
def copy_of(mould: str, name: str, *, keep: bool = False) -> Iterator[None]:
    """Django works in a copy of a database until the block ends; then it is dropped, or kept."""
    before = connection.settings_dict["NAME"]
    statement(f"CREATE DATABASE {name} TEMPLATE {mould} STRATEGY FILE_COPY")
    turn_to(name)
    try:
        yield
    finally:
        turn_to(before)
        if not keep:
            statement(f"DROP DATABASE {name} WITH (FORCE)")


def process() -> int:
    """Tells apart what several test processes make on one server."""
    return os.getpid()


def turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def statement(sql: str) -> None:
    """Outside of any transaction."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
