"""PostgreSQL and Redis for one pytest session: its own, in a fresh directory, gone at the end.

The conftest loads it before the settings, which read where the servers are. Only the session's own
process starts servers; its xdist workers inherit their addresses.
"""

import contextlib
import gc
import os
import shutil
import tempfile
from pathlib import Path

import django
import psutil
import pytest

from config import embedded_places
from config.embedded import Embedded

PREFIX = "steelyard-tests-"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    # Nobody looks at the counters, and a hundred rows need no search for the best order of joins.
    "track_counts": "off",
    "track_activities": "off",
    "update_process_title": "off",
    "join_collapse_limit": "2",
    "from_collapse_limit": "2",
    "steelyard.emptying": "on",  # tests with real threads empty all tables afterwards
}


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again costs a test in fifteen."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def make_directory() -> Path:
    """A directory that the servers' account can reach, with its owner's process written in it."""
    base = Path(tempfile.gettempdir())
    if embedded_places.service_account() and not embedded_places.is_open_to_all(base):
        base = Path("/tmp")
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    place.chmod(0o711)
    (place / "owner").write_text(f"{os.getpid()} {psutil.Process().create_time()}")
    return place


def is_abandoned(place: Path) -> bool:
    """Whether the session that made this directory has ended without removing it."""
    try:
        pid, created = (place / "owner").read_text().split()
        return psutil.Process(int(pid)).create_time() != float(created)
    except psutil.NoSuchProcess:
        return True
    except (OSError, ValueError):
        return False  # somebody is making or removing it at this moment


def sweep(base: Path) -> None:
    """Stop and remove what killed sessions left."""
    for place in base.glob(f"{PREFIX}*"):
        if is_abandoned(place):
            with contextlib.suppress(OSError, embedded_places.ServiceError):
                Embedded(place).stop()
            shutil.rmtree(place, ignore_errors=True)


if not is_worker():
    PLACE = make_directory()
    sweep(PLACE.parent)
    SERVICES = Embedded(PLACE, FAST)
    os.environ |= {
        "STEELYARD_DATA": str(PLACE),
        "STEELYARD_EMBEDDED": "1",
        "DATABASE_URL": SERVICES.database_url,
        "REDIS_URL": SERVICES.redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's loop runs in the tests' own thread
    }
    for name in ("DEBUG", "EMAIL_URL", "STEELYARD_TIMING", "STEELYARD_S3_BUCKET"):
        os.environ.pop(name, None)


django.setup()  # the modules of fixtures after this one import models


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The session's own Redis."""
    return os.environ["REDIS_URL"]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Before xdist starts its workers."""
    if not is_worker() and not session.config.option.collectonly:
        SERVICES.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker() and PLACE.exists():
        SERVICES.stop()
        shutil.rmtree(PLACE, ignore_errors=True)
