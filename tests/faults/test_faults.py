"""Web, worker, beat, Redis and PostgreSQL killed with -9 while a call is rehearsed: nothing that
was answered is lost, nothing is half done, every message comes once."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from config.embedded import Embedded
from config.embedded_places import BASE
from tests.faults.asked import KILLS
from tests.ground import make_directory

NOT_ITS_OWN = ("DATABASE_URL", "REDIS_URL", "STEELYARD_QUEUE", "DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.mark.faults
def test_nothing_told_is_lost_and_nothing_is_half_done(request, capsys):
    place = make_directory()
    kills = request.config.getoption("faults") or KILLS
    seed = request.config.getoption("faults_seed")
    environment = {k: v for k, v in os.environ.items() if k not in NOT_ITS_OWN}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults", "--kills", str(kills), "--seed", str(seed)],
            cwd=BASE,
            env=environment | {"STEELYARD_DATA": str(place)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        Embedded(place).stop()
        shutil.rmtree(place)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    figures = json.loads(done.stdout)
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")
    assert sum(figures["kills"].values()) == kills
