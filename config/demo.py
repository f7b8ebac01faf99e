"""The whole site on one machine: web server, worker and beat under one supervisor.

`python -m config.demo [--port 8000]`. Ctrl-C ends everything; when one process ends by itself,
all of it ends, with the last lines of that process's log. An embedded PostgreSQL or Redis that
died is started again: the site waits for it. What a killed supervisor left behind is ended at the
next start.
"""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import psutil

from config import embedded
from config.embedded_places import BASE, ServiceError, data_directory
from config.embedded_processes import wait_until

STOP_SECONDS = 20
READY_SECONDS = 60
CELERY = ("celery", "--app", "config.celery", "--quiet")
PASSWORD = "steelyard-demo"  # noqa: S105  # printed for everybody, and only for the demo's people
SIGN_INS = (
    ("applicant", "申报企业", "firm: dossier, agreement, claims"),
    ("applicant2", "另一家企业", "another firm"),
    ("applicant3", "未获支持的企业", "a firm that was not funded: how its points came about"),
    ("region", "县市主管部门", "regional officer: checks and recommends"),
    ("officer", "省主管部门", "programme officer: runs the round"),
    ("expert", "评审专家", "expert: declares, reads, scores"),
    ("supervisor", "纪检监督", "supervisor: witnesses, reads the trail"),
    ("approver", "审定", "approver: decides"),
    ("finance", "财政（经办）", "finance officer: enters payments"),
    ("finance2", "财政（复核）", "finance officer: releases payments"),
    ("secretary", "服务秘书", "service secretary: visits, requests, claims"),
    ("lead", "服务秘书专班", "secretary lead: coverage, overdue inquiries"),
    ("sysadmin", "系统管理员", "system administrator: accounts"),
    ("secadmin", "安全管理员", "security administrator: permissions"),
    ("auditor", "审计管理员", "audit administrator: the log"),
)
# Whom those need: another hand where one person may not do both, and the other regions.
OTHERS = (
    ("officer2", "省主管部门（复核）", "second programme officer: publishes calls"),
    ("secadmin2", "安全管理员（复核）", "second security administrator: confirms roles"),
    ("region_siping", "四平市主管部门", "regional officer; so region_liaoyuan, region_tonghua"),
)


def wide(text: str, width: int) -> str:
    """The text filled up to a width in terminal columns; Chinese characters take two."""
    return text + " " * (width - sum(2 if ord(c) > 0x2E7F else 1 for c in text))


def sign_in_table(port: int) -> str:
    """What a person needs to start: the address, who can sign in, the one password."""
    rows = (
        f"  {name:<15}{wide(chinese, 20)}{english}" for name, chinese, english in SIGN_INS + OTHERS
    )
    return "\n".join(
        (
            "",
            f"  http://127.0.0.1:{port}/      sign in: http://127.0.0.1:{port}/accounts/login/",
            "",
            *rows,
            "",
            f"  password of all: {PASSWORD}      Ctrl-C stops everything",
            "",
        )
    )


def ends_with_us() -> None:
    """In the child, on Linux: a SIGTERM when the supervisor is gone, however it went."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Processes:
    """The processes of the site, written down so that a later start can end left ones."""

    def __init__(self, data: Path) -> None:
        self.note = data / "processes.json"
        self.logs = data / "log"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def end_left_over(self) -> None:
        """End what an earlier supervisor started and did not end."""
        with contextlib.suppress(OSError, ValueError):
            for pid, created in json.loads(self.note.read_text()):
                with contextlib.suppress(psutil.Error):
                    process = psutil.Process(pid)
                    if process.create_time() == created:
                        end_tree(process)
        self.note.unlink(missing_ok=True)

    def start(self, name: str, *command: str) -> None:
        """Start one in a process group of its own: the terminal's Ctrl-C is ours alone."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=BASE,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=ends_with_us,  # noqa: PLW1509  # we have no threads yet
            )
        known = []
        for process in self.running.values():
            with contextlib.suppress(psutil.Error):
                known.append((process.pid, psutil.Process(process.pid).create_time()))
        self.note.write_text(json.dumps(known))

    def ended(self) -> str | None:
        """The name of one that ended by itself."""
        return next((n for n, p in self.running.items() if p.poll() is not None), None)

    def tail(self, name: str) -> str:
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-25:])

    def end(self) -> None:
        for process in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.note.unlink(missing_ok=True)


def end_tree(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.terminate()
    _gone, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for member in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[IO[str]]:
    """One site for each data directory; the kernel frees the lock of a killed one."""
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo is already running from this directory.")
        yield lock


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Try another: --port 8010")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def start_worker(processes: Processes) -> None:
    worker = ("worker", "--concurrency", "2", "--loglevel", "INFO")
    processes.start("worker", *CELERY, *worker, "--without-gossip", "--without-mingle")


def start_beat(processes: Processes, data: Path) -> None:
    beat = ("beat", "--loglevel", "WARNING", "--pidfile=")
    processes.start("beat", *CELERY, *beat, "--schedule", str(data / "beat-schedule"))


def start_web(processes: Processes, port: int) -> None:
    bind = ("--bind", f"127.0.0.1:{port}")
    kind = ("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60")
    processes.start("web", "gunicorn", "config.wsgi", *bind, *kind, "--no-control-socket")


def migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def fill(data: Path) -> None:
    """Fill an empty database with the demo's three calls."""
    from django.core.management import call_command

    done = data / "demo-made"
    if needs_data(done):
        print("Making the demo's three calls …", flush=True)
        call_command("rehearse_demo")
        done.touch()


def needs_data(done: Path) -> bool:
    """Whether the database is empty, or holds a rehearsal that was broken off."""
    from django.contrib.auth import get_user_model

    from audit import clock

    if not get_user_model().objects.exists():
        return True
    if clock.is_rehearsal():
        return not done.exists()
    print("This database holds other data than the demo's: it is left as it is.", flush=True)
    return False


def watch(processes: Processes, servers: embedded.Embedded | None) -> str:
    """Keep the embedded servers up until a process of the site ends by itself; its name."""
    while (name := processes.ended()) is None:
        for died in servers.revive() if servers is not None else ():
            print(f"{died} had died and was started again.", flush=True)
        time.sleep(0.5)
    return name


def serve(port: int, data: Path) -> int:
    """Run until Ctrl-C, SIGTERM or the end of one of the processes. Returns the exit code."""
    processes = Processes(data)
    processes.end_left_over()
    refuse_taken(port)
    servers = embedded.ensure()
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    try:
        migrate()
        start_worker(processes)
        start_beat(processes, data)
        fill(data)
        start_web(processes, port)
        wait_until(lambda: answers(port) or processes.ended() is not None, READY_SECONDS)
        if processes.ended() is None:
            print(sign_in_table(port), flush=True)
        name = watch(processes, servers)
        print(f"The {name} process ended:\n{processes.tail(name)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        return 0
    else:
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it
        processes.end()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/demo", description="The whole site, here.")
    parser.add_argument("--port", type=int, default=8000)
    port: int = parser.parse_args(arguments).port
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for end_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(end_signal, signal.default_int_handler)
    data = data_directory(os.environ)
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    with only_one(data):
        try:
            return serve(port, data)
        except ServiceError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
