"""People of these tests, and a worker with a Redis of its own that may be stopped and wiped."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection

from accounts.models import RoleGrant, User
from accounts.roles import Role
from audit import clock
from config.embedded import Embedded
from tests.ground import PREFIX
from tests.notifications import probes  # noqa: F401  (registers the kinds and jobs of the tests)
from tests.notifications.listeners import listening

BASE = Path(__file__).resolve().parents[2]


def person(username: str, language: str = "zh-hans", *roles: Role, **more) -> User:
    user = User.objects.create(
        username=username,
        name=more.pop("name", username),
        email=more.pop("email", f"{username}@example.test"),
        language=language,
        **more,
    )
    now = clock.now()
    for role in roles:
        maker, checker = (
            User.objects.get_or_create(username=f"grants-{n}", defaults={"name": str(n)})[0]
            for n in (1, 2)
        )
        RoleGrant.objects.create(
            user=user,
            role=role,
            proposed_by=maker,
            proposed_at=now,
            confirmed_by=checker,
            confirmed_at=now,
        )
    return user


@pytest.fixture
def lin(db) -> User:
    """林 reads Chinese."""
    return person("lin", name="林晓")


@pytest.fixture
def reed(db) -> User:
    """Reed reads English."""
    return person("reed", "en", name="Reed")


@pytest.fixture
def keeper(db) -> User:
    """The system administrator."""
    return person("keeper", "zh-hans", Role.SYSTEM_ADMIN, name="柯平")


@pytest.fixture
def mail_dir(settings, tmp_path) -> Path:
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "notifications.mail.FileBackend"
    return settings.MAIL_DIR


@pytest.fixture
def robot(settings):
    """A server that 企业微信, 钉钉 and the gateway are configured at."""
    with listening() as listener:
        settings.WECOM_URL = f"{listener.url}/cgi-bin/webhook/send?key=wecom-secret"
        settings.DINGTALK_URL = f"{listener.url}/robot/send?access_token=ding-secret"
        settings.DINGTALK_SECRET = "SEC000"
        settings.SMS_URL = f"{listener.url}/sms"
        settings.SMS_TOKEN = "gateway-secret"
        yield listener


@pytest.fixture
def qin(db):
    """秦 is an officer with a telephone, who takes no mail."""
    return person("qin", "zh-hans", Role.PROGRAMME_OFFICER, name="秦项目", mobile="+8613800138000")


def point_celery_at(url: str) -> None:
    current_app.conf.update(broker_url=url, broker_read_url=url, broker_write_url=url)
    current_app.amqp._producer_pool = None  # kombu keeps one pool for each address
    current_app._pool = None


@dataclass
class Post:
    """A private Redis and the workers on it."""

    place: Path
    mail: Path
    workers: list[subprocess.Popen] = field(default_factory=list)

    @property
    def services(self) -> Embedded:
        return Embedded(self.place)

    def start_redis(self) -> None:
        self.services.redis.start()

    def stop_redis(self) -> None:
        self.services.redis.stop()

    def wipe_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.services.redis.socket)).flushall()

    def queued(self) -> int:
        return redis.Redis(unix_socket_path=str(self.services.redis.socket)).llen("steelyard")

    def environment(self) -> dict[str, str]:
        """What a worker or a beat finds: the test's database, this Redis, the test's secrets."""
        name = connection.settings_dict["NAME"]
        base, _, query = os.environ["DATABASE_URL"].partition("?")
        url = base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
        return os.environ | {
            "DATABASE_URL": url,
            "STEELYARD_EMBEDDED": "1",
            "REDIS_URL": self.services.redis_url,
            "TEST_MAIL_DIR": str(self.mail),
            "STEELYARD_AUDIT_KEY": settings.STEELYARD_AUDIT_KEY,
            "SECRET_KEY": settings.SECRET_KEY,
        }

    def start_worker(self) -> subprocess.Popen:
        """A real Celery worker on the test's database; returns when it is ready."""
        return self._start(
            *("worker", "--concurrency", "2", "--hostname", f"w{len(self.workers)}@test"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            sign=b"ready.",
        )

    def start_beat(self) -> subprocess.Popen:
        """A real beat that sends every periodic task each half second."""
        schedule = self.place / f"beat-{len(self.workers)}"
        return self._start("beat", "--schedule", str(schedule), sign=b"beat: Starting", hurry="1")

    def _start(self, *command: str, sign: bytes, hurry: str = "") -> subprocess.Popen:
        log = self.place / f"{command[0]}-{len(self.workers)}.log"
        celery = (sys.executable, "-m", "celery", "-A", "tests.notifications.worker")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*celery, *command, "--loglevel", "INFO"],
                cwd=BASE,
                env=self.environment() | {"TEST_HURRY": hurry},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.workers.append(process)
        wait_for(lambda: sign in log.read_bytes(), 40, lambda: log.read_text()[-3000:])
        return process

    def kill(self, worker: subprocess.Popen) -> None:
        """As the kernel does when memory runs out: the whole group at once."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                self.kill(worker)
        self.stop_redis()


def wait_for(done: Callable[[], bool], seconds: float = 20, say: Callable[[], str] = str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s: {say()}")


@pytest.fixture
def post(transactional_db, tmp_path, mail_dir) -> Iterator[Post]:
    """Redis up, Celery of this process pointed at it; no worker yet."""
    place = Path(tempfile.mkdtemp(prefix=f"{PREFIX}post-", dir="/tmp"))
    place.chmod(0o711)
    shutil.copy(Path(os.environ["STEELYARD_DATA"]) / "owner", place / "owner")
    post = Post(place, mail_dir)
    Embedded(place).start(postgres=False)
    before = current_app.conf.broker_url
    point_celery_at(post.services.redis_url.replace("unix://", "redis+socket://", 1))
    yield post
    point_celery_at(before)
    post.close()
    shutil.rmtree(place, ignore_errors=True)
