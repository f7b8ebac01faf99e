"""The embedded servers: started once, left in order, and whole again after any kind of death."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import embedded_places
from config.embedded import Embedded
from config.embedded_processes import is_alive, wait_until
from tests.ground import FAST

HOLD = "from config import embedded; embedded.ensure(); print('here', flush=True); input()"


@pytest.fixture
def data():
    """An empty data directory that the servers' account can reach."""
    place = Path(tempfile.mkdtemp(prefix="steelyard-ground-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    Embedded(place).stop()
    shutil.rmtree(place)


@pytest.fixture
def services(data):
    made = Embedded(data, FAST)
    made.start()
    return made


@pytest.fixture
def environment(data):
    """The environment of a process that has to find servers for itself."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    return {**kept, "STEELYARD_DATA": str(data)}


def ask(services: Embedded) -> tuple[int, bool]:
    with psycopg.connect(services.database_url) as connection:
        found = connection.execute("SELECT 1").fetchone()[0]
    with redis.Redis.from_url(services.redis_url) as client:
        return found, client.ping()


def processes_in(place: Path) -> list[psutil.Process]:
    """Every living process that works for this directory."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            if process.name() in ("postgres", "redis-server") and (
                str(place) in " ".join(process.cmdline()) or str(place) in process.cwd()
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def is_master(process: psutil.Process) -> bool:
    """Started with its directory; a session that has ended since it was found was none."""
    try:
        return "-D" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def test_both_answer_and_nothing_listens_on_a_port(services):
    assert ask(services) == (1, True)
    ports = []
    for process in processes_in(services.data):
        with suppress(psutil.NoSuchProcess):  # one that answered has ended meanwhile
            ports += process.net_connections("inet")
    assert ports == []


def test_only_the_owner_reaches_the_sockets(services):
    assert embedded_places.socket_directory(services.home).stat().st_mode & 0o077 == 0


def test_the_last_user_stops_both_and_leaves_nothing(services):
    second = Embedded(services.data, FAST)
    second.start()
    assert second.leave() is False
    assert ask(services) == (1, True)
    assert services.leave() is True
    assert processes_in(services.data) == []
    assert list(embedded_places.socket_directory(services.home).iterdir()) == []


def test_what_was_written_is_there_after_a_clean_stop(services):
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    services.leave()
    services.start()
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_starts_again_after_kill_9_of_everything(data):
    services = Embedded(data)
    services.start()
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    victims = processes_in(services.data)
    assert len(victims) > 2
    for process in victims:
        process.kill()
    assert wait_until(lambda: processes_in(services.data) == [], 10)
    assert (services.home / "postgres" / "postmaster.pid").exists()
    again = Embedded(data)
    again.start()
    assert ask(again) == (1, True)
    with psycopg.connect(again.database_url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_what_died_is_revived_and_nothing_else(services):
    postgres, redis_server = services.postgres.process(), services.redis.process()
    assert services.revive() == []
    redis_server.kill()
    assert wait_until(lambda: not is_alive(redis_server), 10)
    assert services.revive() == ["Redis"]
    postgres.kill()
    services.redis.process().kill()
    assert wait_until(lambda: services.redis.process() is services.postgres.process() is None, 10)
    assert services.revive() == ["PostgreSQL", "Redis"]
    assert (ask(services), services.revive()) == ((1, True), [])
    services.stop()
    assert services.revive() == []


def test_only_what_was_started_is_revived(data):
    made = Embedded(data, FAST)
    made.start(postgres=False)
    made.redis.process().kill()
    assert wait_until(lambda: made.redis.process() is None, 10)
    assert made.revive() == ["Redis"]
    assert made.postgres.process() is None


def test_starts_again_while_orphans_of_a_killed_postmaster_end(services):
    for server in (services.postgres, services.redis):
        process = server.process()
        process.kill()
        assert wait_until(partial(lambda p: not is_alive(p), process), 10)
    again = Embedded(services.data)
    again.start()
    assert ask(again) == (1, True)


def test_a_number_that_another_program_got_is_not_the_server(services):
    services.leave()
    pid_file = services.home / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{services.home}/postgres\n0\n5432\n\n\n\nready\n")
    (services.home / "run" / "redis.pid").write_text(f"{os.getpid()}\n")
    services.start()
    assert ask(services) == (1, True)


def test_a_killed_initdb_leaves_no_half_cluster(data):
    embedded_places.prepare(data / "services", data)
    embedded_places.prepare_inside(data / "services")
    (data / "services" / "log" / "new-cluster").mkdir()
    services = Embedded(data, FAST)
    services.start()
    assert ask(services) == (1, True)


def test_eight_that_start_at_once_share_one_server(data):
    users = [Embedded(data, FAST) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda user: user.start(), users))
    masters = [p for p in processes_in(data) if is_master(p)]
    assert len(masters) == 1
    with ThreadPoolExecutor(8) as pool:
        stopped = list(pool.map(lambda user: user.leave(), users))
    assert sorted(stopped) == [False] * 7 + [True]
    assert processes_in(data) == []


def test_a_killed_user_does_not_keep_the_servers_running_for_ever(data, environment):
    held = hold(environment)
    services = Embedded(data)
    services.start()
    held.kill()
    held.wait()
    assert ask(services) == (1, True)
    assert services.leave() is True
    assert processes_in(data) == []


def test_an_orderly_end_of_the_only_process_stops_the_servers(data, environment):
    held = hold(environment)
    assert len(processes_in(data)) > 2
    held.communicate(b"\n", timeout=30)
    assert (held.returncode, processes_in(data)) == (0, [])


def test_sigterm_ends_a_command_in_order(data, environment):
    command = [sys.executable, "manage.py", "shell", "-v0", "-c"]
    waiting = "import time; print('here', flush=True); time.sleep(60)"
    held = started([*command, waiting], environment)
    held.send_signal(signal.SIGTERM)
    held.wait(30)
    assert processes_in(data) == []


def test_a_path_too_long_for_a_socket_gets_a_short_private_directory(data):
    deep = data / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(mode=0o711)
    services = Embedded(deep, FAST)
    services.start()
    place = embedded_places.socket_directory(services.home)
    assert (place.parent, ask(services)) == (Path("/tmp"), (1, True))
    services.leave()
    assert not place.exists()


def test_a_socket_directory_that_somebody_else_put_there_is_refused(data):
    deep = data / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(mode=0o711)
    place = embedded_places.socket_directory(deep / "services")
    place.mkdir(mode=0o755)
    try:
        with pytest.raises(embedded_places.ServiceError, match="belongs to somebody else"):
            Embedded(deep, FAST).start()
    finally:
        place.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_roots_data_in_a_private_place_go_elsewhere_and_open_nothing(data):
    private = data / "home"
    private.mkdir(mode=0o700)
    services = Embedded(private / "checkout" / ".local", FAST)
    services.start()
    try:
        assert ask(services) == (1, True)
        assert services.home.parent == Path("/var/lib")
        assert private.stat().st_mode & 0o777 == 0o700
        assert Embedded(services.data).database_url == services.database_url
    finally:
        services.stop()
        shutil.rmtree(services.home)


def hold(environment) -> subprocess.Popen:
    """A process that uses the servers until its input ends."""
    return started([sys.executable, "-c", HOLD], environment)


def started(command, environment) -> subprocess.Popen:
    process = subprocess.Popen(
        command,
        cwd=embedded_places.BASE,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"here\n"
    return process
