"""A whole house, each part a real process as the demo starts it: killed here, and started again."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import redis

from config import demo
from config.embedded import Embedded
from config.embedded_processes import is_alive, wait_until
from tests.faults.journal import ACTS, MAILS, POSTS, STOP, Tally

KINDS = ("web", "worker", "beat", "redis", "redis-wiped", "postgres")
PATIENCE = 120.0  # seconds without any act
LAST_LINES = 40


class Stuck(AssertionError):
    """Somebody ended who should not, or nothing goes on."""


class House:
    """Servers with their real settings, web, worker, beat, a mail server; later those who act.

    Everything is started by the thread that made it, which watches.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.servers = Embedded(place)
        self.processes = demo.Processes(place)
        self.port, self.mail_port = free_port(), free_port()
        self.acts, self.posts = Tally(place / ACTS), Tally(place / POSTS)
        self.kills: list[tuple[float, str]] = []
        self.fallen: list[str] = []  # of themselves, which nobody may
        self.began = time.monotonic()
        self.starts = {
            "web": lambda: demo.start_web(self.processes, self.port),
            "worker": lambda: demo.start_worker(self.processes),
            "beat": lambda: demo.start_beat(self.processes, place),
        }

    def open(self) -> None:
        """The servers, and their addresses for every process that we start."""
        os.environ |= {
            "STEELYARD_EMBEDDED": "1",
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}?tls=off",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
        }
        self.servers.start()

    def people_it(self) -> None:
        sink = (str(self.mail_port), str(self.place / MAILS))
        self.processes.start("mail", "tests.faults.sink", *sink)
        for start in self.starts.values():
            start()

    def close(self) -> None:
        self.processes.end()
        self.servers.stop()

    def kill(self, kind: str) -> None:
        """With -9, as soon as it is up, and started again at once."""
        self.wait(lambda: self.is_up(kind), f"{kind} is not up")
        self.kills.append((round(time.monotonic() - self.began, 2), kind))
        if kind in self.starts:
            process = self.processes.running[kind]
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.start_again(kind)
        elif kind == "postgres":
            self.kill_server(self.servers.postgres.process())
        else:
            self.kill_redis(wiped=kind == "redis-wiped")
        self.keep_up()

    def kill_redis(self, *, wiped: bool) -> None:
        """Wiped: it knows nothing afterwards; else all it knew when it was killed."""
        kept = self.servers.home / "run" / "dump.rdb"
        if not wiped:
            with redis.Redis.from_url(self.servers.redis_url) as client:
                client.save()
        self.kill_server(self.servers.redis.process())
        if wiped:
            kept.unlink(missing_ok=True)

    def kill_server(self, server: psutil.Process | None) -> None:
        """It and all that it started: a master cannot tidy up after its sessions."""
        if server is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [server, *server.children(recursive=True)]
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            wait_until(lambda: not any(map(is_alive, family)), PATIENCE)

    def start_again(self, name: str) -> None:
        log = self.processes.logs / f"{name}.log"
        if log.exists():
            log.rename(log.with_suffix(f".{len(self.kills)}.log"))
        self.starts[name]()

    def is_up(self, kind: str) -> bool:
        if kind == "web":
            return demo.answers(self.port)
        if kind == "worker":
            return len(psutil.Process(self.processes.running[kind].pid).children()) >= 2
        return True

    def keep_up(self) -> None:
        """Start what has died, as whoever runs a house does."""
        self.servers.revive()
        for name, process in self.processes.running.items():
            if name in self.starts and process.poll() is not None:
                self.fallen.append(f"the {name} process ended of itself\n{self.tail(name)}")
                self.start_again(name)

    def has_ended(self, name: str) -> bool:
        """Whether it came to its end in order. Stuck when it failed."""
        code = self.processes.running[name].poll()
        if code:
            raise Stuck(f"the {name} process ended with {code}\n{self.tail(name)}")
        return code == 0

    def done(self) -> int:
        """Acts so far: those of the rehearsal, and once it is over those of the web."""
        return self.acts() + (self.posts() if self.has_ended("player") else 0)

    def wait(self, until: Callable[[], bool], why: str) -> None:
        """Until it is so; all is kept up meanwhile, and those who act must not fail."""
        last, since = -1, time.monotonic()
        while not until():
            self.keep_up()
            for name in ("player", "clients"):
                if name in self.processes.running:
                    self.has_ended(name)
            now = self.acts() + self.posts()
            if now != last:
                last, since = now, time.monotonic()
            if time.monotonic() - since > PATIENCE:
                raise Stuck(f"{why}; no act for {PATIENCE:g} seconds\n{self.tail('player')}")
            time.sleep(0.02)

    def tail(self, name: str) -> str:
        log = self.processes.logs / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def send_clients_home(self) -> None:
        (self.place / STOP).touch()
        self.wait(lambda: self.has_ended("clients"), "the clients do not end")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
