"""A PostgreSQL of its own for one figure: empty but for the migrations, gone with the process."""

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def start() -> None:
    """Start it, set Django up on it, migrate. Once in a process; `script/bench` gives each figure
    one.
    """
    place = Path(tempfile.mkdtemp(prefix="steelyard-bench-", dir="/tmp"))
    place.chmod(0o711)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    os.environ |= {
        "STEELYARD_DATA": str(place),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
    }
    from config import embedded

    embedded.ensure()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def processor() -> float:
    """Seconds of processor that the database's processes have taken, ended ones included."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        postmaster = psutil.Process(cursor.fetchone()[0]).parent()
    if postmaster is None:
        return 0.0
    own = postmaster.cpu_times()
    living = [child.cpu_times() for child in postmaster.children()]
    return sum(
        (times.user + times.system for times in [own, *living]),
        own.children_user + own.children_system,
    )


def took(work: Callable[[], object]) -> float:
    """Seconds of processor of this process and of the database's that a piece of work took."""
    began, before = time.process_time(), processor()
    work()
    return time.process_time() - began + processor() - before


def undone(work: Callable[[], object]) -> None:
    """Do the work and roll it back."""
    from django.db import transaction

    with transaction.atomic():
        work()
        transaction.set_rollback(True)
