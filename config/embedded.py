"""PostgreSQL and Redis from wheels, for one machine with nothing installed.

Used when `DATABASE_URL` or `REDIS_URL` is unset. Nothing listens on a port: both servers talk
over sockets in a directory that only their owner may enter.

Who stops them: every process that called `ensure()` holds a shared lock on one file for as long
as it lives, and the kernel drops it however the process ends. The last one to leave in order
stops the servers. After a `kill -9` they keep running until the next user comes and leaves.

The wheels' programs are run directly. Their own Python wrappers count users by process number
(which a kill leaves wrong), keep their lock in the shared temporary directory, and as root open
every parent directory of the data, a private home included, to all.
"""

import atexit
import contextlib
import fcntl
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from config import embedded_places, embedded_processes
from config.embedded_places import ServiceError
from config.embedded_servers import Postgres, Redis

WITHOUT_SERVICES = frozenset(
    {"help", "version", "makemessages", "compilemessages", "rank_scores", "analyse"}
)


@dataclass
class Embedded:
    """The two servers of one data directory.

    `settings` are PostgreSQL's run-time settings beyond the defaults of `embedded_servers`.
    """

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    _lease: IO[str] | None = None
    _started: list[Postgres | Redis] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """Where the servers keep their files; the data directory itself except for root."""
        return embedded_places.services_home(self.data)

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.home, self.settings)

    @property
    def redis(self) -> Redis:
        return Redis(self.home)

    @property
    def database_url(self) -> str:
        return embedded_places.database_url(self.home)

    @property
    def redis_url(self) -> str:
        return embedded_places.redis_url(self.home)

    def start(self, *, postgres: bool = True, redis: bool = True) -> None:
        """Join the users of the servers, starting what is not running. Safe to call at once."""
        embedded_places.make(self.data, 0o711)
        embedded_places.prepare(self.home, self.data)
        with self._gate():
            embedded_places.prepare_inside(self.home)
            if self._lease is None:
                self._lease = (self.home / "users.lock").open("w")
                fcntl.flock(self._lease, fcntl.LOCK_SH)
            if postgres:
                self.postgres.start()
                self.postgres.create_database(embedded_places.DATABASE)
            if redis:
                self.redis.start()
        self._started = [*([self.postgres] if postgres else []), *([self.redis] if redis else [])]

    def revive(self) -> list[str]:
        """Start again what `start` started and what has died since; the names of it.

        Cheap while all live: for a supervisor to ask every moment.
        """
        dead = [server for server in self._started if server.process() is None]
        if dead:
            with self._gate():
                for server in dead:
                    server.start()
        return [server.NAME for server in dead]

    def leave(self) -> bool:
        """Stop using the servers; the last user stops them. True when they were stopped."""
        if self._lease is None:
            return False
        with self._gate():
            self._lease.close()
            self._lease = None
            if not self._is_unused():
                return False
            self._stop_servers()
            return True

    def stop(self) -> None:
        """Stop both servers now, whoever uses them."""
        if not self.home.is_dir():
            return
        with self._gate():
            self._stop_servers()
        if self._lease is not None:
            self._lease.close()
            self._lease = None

    def _stop_servers(self) -> None:
        self._started = []
        self.redis.stop()
        self.postgres.stop()

    def _is_unused(self) -> bool:
        with (self.home / "users.lock").open("w") as probe:
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        """One process at a time starts or stops; the kernel frees the lock of a killed one."""
        with (self.home / "gate.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield


_mine: list[Embedded] = []  # at most one: what this process uses until it ends
_mine_guard = threading.Lock()


def here() -> Embedded:
    """The embedded services that this environment names (`STEELYARD_DATA`, else `.local`)."""
    return Embedded(embedded_places.data_directory(os.environ))


def is_needed(environ: Mapping[str, str]) -> bool:
    return not (environ.get("DATABASE_URL") and environ.get("REDIS_URL"))


def ensure() -> Embedded | None:
    """Start what the environment does not name, and name it there for child processes.

    Returns None when both are configured. Left in order at the end of this process.
    """
    with _mine_guard:
        if _mine or not is_needed(os.environ):
            return _mine[0] if _mine else None
        services = here()
        wants_postgres = not os.environ.get("DATABASE_URL")
        wants_redis = not os.environ.get("REDIS_URL")
        services.start(postgres=wants_postgres, redis=wants_redis)
        if wants_postgres:
            os.environ["STEELYARD_EMBEDDED"] = "1"
            os.environ["DATABASE_URL"] = services.database_url
        if wants_redis:
            os.environ["REDIS_URL"] = services.redis_url
        _mine.append(services)
    owner = os.getpid()
    atexit.register(lambda: services.leave() if os.getpid() == owner else None)
    return services


def ensure_for(arguments: Sequence[str]) -> None:
    """What `manage.py` does first: services for every command that may touch the database."""
    command = arguments[0] if arguments else "help"
    if command in WITHOUT_SERVICES or "--help" in arguments or "-h" in arguments:
        return
    try:
        started = ensure()
    except ServiceError as error:
        sys.exit(f"{error}")
    if started is not None:
        embedded_processes.leave_on_terminate()


def main(arguments: Sequence[str]) -> int:
    """`python -m config.embedded start|stop|status`."""
    services = here()
    action = arguments[0] if arguments else "status"
    if action == "start":
        services.start()
    elif action == "stop":
        services.stop()
    elif action != "status":
        print("usage: python -m config.embedded start|stop|status", file=sys.stderr)
        return 2
    for server in (services.postgres, services.redis):
        print(f"{server.NAME}: {'running' if server.is_running() else 'stopped'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
