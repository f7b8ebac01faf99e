"""Programs that outlive us: started apart, recognised again, ended politely."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import psutil

from config import embedded_places as places

RUN_SECONDS = 90
STOP_SECONDS = 30


def run(program: Path, arguments: Sequence[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the servers' account, in a session of its own."""
    return subprocess.run(
        [str(program), *arguments],
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=RUN_SECONDS,
        **identity(home),
    )


def identity(home: Path) -> dict[str, Any]:
    """Keyword arguments for subprocess: account, directory and a quiet environment."""
    run_directory = places.socket_directory(home)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "TMPDIR")}
    env = {**kept, "HOME": str(run_directory), "LC_ALL": "C", "TZ": "UTC"}
    account = places.service_account()
    own: dict[str, Any] = {"cwd": run_directory, "env": env, "stdin": subprocess.DEVNULL}
    if account is not None:
        own |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return own


def process_of(pid_file: Path, *words: str) -> psutil.Process | None:
    """The living process that a pid file names, if its command line has all the words.

    A number that another program has got since is not the server.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        command = " ".join(process.cmdline())
    except (OSError, ValueError, psutil.Error):
        return None
    return process if all(word in command for word in words) else None


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again, from every 10 ms to every 200 ms."""
    end = time.monotonic() + seconds
    pause = 0.01
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return True


def launch(command: Sequence[str], log: Path, home: Path) -> None:
    """Start a server that outlives us, in a session of its own: our Ctrl-C is not its own."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **identity(home),
        )
    _launched.append(process)


_launched: list[subprocess.Popen[bytes]] = []


def end(process: psutil.Process, politely: signal.Signals) -> None:
    """Ask a server to stop, wait, and kill it when it does not."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(politely)
        if not wait_until(lambda: not is_alive(process), STOP_SECONDS):
            process.kill()
            wait_until(lambda: not is_alive(process), STOP_SECONDS)


def is_alive(process: psutil.Process) -> bool:
    for started in _launched:
        started.poll()  # collect our own child, which would stay a zombie otherwise
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def leave_on_terminate() -> None:
    """Let SIGTERM end a command as Ctrl-C does, so that the last user stops the servers."""

    def terminate(signum: int, frame: object) -> NoReturn:
        sys.exit(128 + signum)

    signal.signal(signal.SIGTERM, terminate)
