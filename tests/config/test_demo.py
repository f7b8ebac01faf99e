"""The supervisor of script/demo: nothing it started outlives it, and nothing is left in the way."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from config import demo, embedded_places
from config.embedded import Embedded
from config.embedded_processes import wait_until
from tests.ground import FAST

SLEEPER = "tests.config.sleeper"  # a module that sleeps
SUPERVISOR = f"""
import sys, time
from pathlib import Path
from config.demo import Processes
site = Processes(Path(sys.argv[1]))
site.start("sleeper", "{SLEEPER}")
print(site.running["sleeper"].pid, flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def site(tmp_path):
    made = demo.Processes(tmp_path)
    yield made
    made.end()


def test_everything_ends_and_the_note_goes(site):
    site.start("one", SLEEPER)
    site.start("two", SLEEPER)
    pids = [p.pid for p in site.running.values()]
    assert [pid for pid, _created in json.loads(site.note.read_text())] == pids
    site.end()
    assert ([is_alive(pid) for pid in pids], site.note.exists()) == ([False, False], False)


def test_one_that_ends_by_itself_is_named_with_its_last_words(site):
    site.start("sleeper", SLEEPER)
    assert site.ended() is None
    site.start("broken", "tests.config.no_such_module")
    assert wait_until(lambda: site.ended() == "broken", 20)
    assert "No module named" in site.tail("broken")


@pytest.fixture
def servers():
    place = Path(tempfile.mkdtemp(prefix="steelyard-ground-", dir="/tmp"))
    place.chmod(0o711)
    made = Embedded(place, FAST)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(place)


def test_killed_servers_are_up_again_while_the_site_runs(site, servers, capsys):
    site.start("sleeper", SLEEPER)
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(demo.watch, site, servers)
        for server in (servers.postgres, servers.redis):
            killed = server.process()
            killed.kill()
            killed.wait(20)
            assert wait_until(server.is_running, 60)
        site.running["sleeper"].kill()
        assert watching.result(60) == "sleeper"
    assert capsys.readouterr().out.splitlines() == [
        "PostgreSQL had died and was started again.",
        "Redis had died and was started again.",
    ]


def test_a_killed_supervisor_takes_its_processes_along_or_the_next_one_does(tmp_path):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path)],
        cwd=embedded_places.BASE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    if sys.platform != "linux":  # there the kernel does it
        demo.Processes(tmp_path).end_left_over()
    assert wait_until(lambda: not is_alive(pid), 20)


def test_what_was_left_over_is_ended_but_never_a_stranger(tmp_path):
    left = subprocess.Popen([sys.executable, "-m", SLEEPER], cwd=embedded_places.BASE)
    stranger = psutil.Process()
    note = [
        (left.pid, psutil.Process(left.pid).create_time()),
        (stranger.pid, stranger.create_time() - 60),  # our number, but another process's birth
    ]
    (tmp_path / "processes.json").write_text(json.dumps(note))
    demo.Processes(tmp_path).end_left_over()
    assert left.wait(20) in (-signal.SIGTERM, 0)
    assert is_alive(os.getpid())


def test_a_second_site_in_one_directory_is_refused(tmp_path):
    refused = pytest.raises(SystemExit, match="already running")
    with demo.only_one(tmp_path), refused, demo.only_one(tmp_path):
        pass


def test_a_taken_port_is_told_before_anything_starts():
    refused = pytest.raises(SystemExit, match="cannot be used")
    with socket.create_server(("127.0.0.1", 0)) as taken, refused:
        demo.refuse_taken(taken.getsockname()[1])


def test_the_table_names_everybody_in_straight_columns():
    lines = demo.sign_in_table(8000).splitlines()
    rows = [line for line in lines if line.startswith("  ") and "http" not in line]
    assert [row.split()[0] for row in rows[:15]] == [name for name, _zh, _en in demo.SIGN_INS]
    assert len(demo.SIGN_INS) == 15
    others = [row.split()[0] for row in rows[15 : 15 + len(demo.OTHERS)]]
    assert others == ["officer2", "secadmin2", "region_siping"]
    assert demo.wide("财政（经办）", 16) == "财政（经办）" + " " * 4
