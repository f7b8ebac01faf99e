"""Starting and stopping one PostgreSQL and one Redis, whatever state they were left in."""

import contextlib
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
import psycopg.sql
import redis

from config import embedded_places as places
from config.embedded_places import ServiceError
from config.embedded_processes import STOP_SECONDS, end, launch, process_of, run, wait_until

START_SECONDS = 60

# Two cores and a few dozen connections; the parallel plans of a demo are never worth their cost.
DEFAULTS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "250",
    "shared_buffers": "128MB",
    "dynamic_shared_memory_type": "mmap",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Postgres:
    NAME: ClassVar = "PostgreSQL"

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    def process(self) -> psutil.Process | None:
        return process_of(self.cluster / "postmaster.pid", "postgres", str(self.cluster))

    def is_running(self) -> bool:
        return self.process() is not None and self._is_ready()

    def _is_ready(self) -> bool:
        """The last line of the pid file tells; it is written when connections are taken."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def start(self) -> None:
        if self.is_running():
            return
        places.prepare_socket_directory(self.home)
        self._make_cluster()
        self._clear_stale_locks()
        if self.process() is None:
            self._launch()
        if not wait_until(self.is_running, START_SECONDS):
            raise ServiceError(f"PostgreSQL did not start.\n{self._log_tail()}")

    def _make_cluster(self) -> None:
        """initdb into a directory beside, then rename: a killed initdb leaves no half cluster."""
        if (self.cluster / "PG_VERSION").exists():
            return
        fresh = self.home / "log" / "new-cluster"
        shutil.rmtree(fresh, ignore_errors=True)
        made = run(
            places.postgres_programs(self.home) / "initdb",
            [
                f"--pgdata={fresh}",
                f"--username={places.OWNER}",
                "--auth=trust",  # the socket's directory is closed to everybody else
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
                *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
            ],
            self.home,
        )
        if made.returncode:
            raise ServiceError(f"The embedded database could not be made.\n{made.stderr}")
        fresh.rename(self.cluster)

    def _clear_stale_locks(self) -> None:
        """Remove what a killed server left, when no server of this cluster lives."""
        if self.process() is not None:
            return
        sockets = places.socket_directory(self.home)
        for left in (
            self.cluster / "postmaster.pid",
            sockets / ".s.PGSQL.5432",
            sockets / ".s.PGSQL.5432.lock",
        ):
            left.unlink(missing_ok=True)
        # Backends of a killed postmaster notice within moments; two servers never share a cluster.
        if not wait_until(lambda: not self._orphans(), STOP_SECONDS):
            raise ServiceError(f"Processes of an earlier server still use {self.cluster}.")

    def _orphans(self) -> list[psutil.Process]:
        """Processes that still work in the cluster's directory, without a postmaster."""
        found = []
        cluster = str(self.cluster.resolve())
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.name() == "postgres" and process.cwd() == cluster:
                    found.append(process)
        return found

    def _launch(self) -> None:
        program = places.postgres_programs(self.home) / "postgres"
        wanted = {
            **DEFAULTS,
            "unix_socket_directories": str(places.socket_directory(self.home)),
            **self.settings,
        }
        options = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
        launch([str(program), "-D", str(self.cluster), *options], self.log, self.home)

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
        except OSError:
            return ""

    def create_database(self, name: str) -> None:
        """Make the database when it is missing."""
        with psycopg.connect(
            places.database_url(self.home, "postgres"), autocommit=True
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(
                    psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
                )

    def stop(self) -> None:
        """A fast shutdown: sessions end, everything is on disk. Killed when that takes too long."""
        process = self.process()
        if process is not None:
            end(process, signal.SIGINT)
        self._clear_stale_locks()
        remove_spare_directory(self.home)


@dataclass(frozen=True)
class Redis:
    NAME: ClassVar = "Redis"

    home: Path

    @property
    def socket(self) -> Path:
        return places.socket_directory(self.home) / "redis.sock"

    @property
    def pid_file(self) -> Path:
        return self.home / "run" / "redis.pid"

    def process(self) -> psutil.Process | None:
        # Redis retitles its process as "redis-server unixsocket:<path>".
        return process_of(self.pid_file, "redis-server", str(self.socket))

    def is_running(self) -> bool:
        return self.process() is not None and self._answers()

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def start(self) -> None:
        """Nothing is kept on disk: the queue's truth is in the database."""
        if self.is_running():
            return
        places.prepare_socket_directory(self.home)
        old = self.process()
        if old is not None:
            end(old, signal.SIGTERM)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self.pid_file),
            "daemonize": "no",
            "dir": str(self.home / "run"),
            "save": "",
            "appendonly": "no",
            "databases": "16",
        }
        words = [part for name, value in options.items() for part in (f"--{name}", value)]
        log = self.home / "log" / "redis.log"
        launch([str(places.redis_program(self.home)), *words], log, self.home)
        if not wait_until(self.is_running, START_SECONDS):
            raise ServiceError(f"Redis did not start; see {log}.")

    def stop(self) -> None:
        process = self.process()
        if process is not None:
            end(process, signal.SIGTERM)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)


def remove_spare_directory(home: Path) -> None:
    """Take away the short socket directory of a long path; it is only there while in use."""
    place = places.socket_directory(home)
    if place != home / "run":
        with contextlib.suppress(OSError):
            place.rmdir()
