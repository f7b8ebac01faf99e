"""A real installation: its checks are quiet, and a rehearsal's database is refused."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from audit import clock
from config.embedded_places import BASE

REAL = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz!",
    "STEELYARD_AUDIT_KEY": "another long secret of the one who keeps the log's seal",
    "ALLOWED_HOSTS": "steelyard.example",
    "PATH": os.defpath,
}


def settings_of(environment: dict[str, str], *names: str) -> list[str]:
    """What a process with this environment reads from the settings, as their repr."""
    code = (
        "import sys; from config import settings as read;"
        "[print(repr(vars(read)[name])) for name in sys.argv[1:]]"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *names],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def test_checks_of_a_real_installation_are_quiet():
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE,
        env={
            **REAL,
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": os.environ["REDIS_URL"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stderr


@pytest.mark.django_db
def test_a_rehearsals_database_is_refused():
    clock.mark_as_rehearsal()
    with pytest.raises(CommandError, match=r"audit\.E001"):
        call_command("check", deploy=True)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "STEELYARD_AUDIT_KEY"])
def test_a_real_installation_needs_its_secrets(missing):
    environment = {**REAL, "DATABASE_URL": "postgresql://db.example/steelyard"}
    del environment[missing]
    with pytest.raises(subprocess.CalledProcessError) as failed:
        settings_of(environment, "DEBUG")
    assert f"Set {missing}" in failed.value.stderr


def test_a_real_installation_is_visited_by_https_only():
    environment = {**REAL, "DATABASE_URL": "postgresql://db.example/steelyard"}
    names = ("DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    assert settings_of(environment, *names) == ["False", "True", "True", "True"]


def test_one_machine_is_visited_as_it_is(tmp_path):
    environment = {"PATH": os.defpath, "STEELYARD_DATA": str(tmp_path)} | {
        "DJANGO_SETTINGS_MODULE": "config.settings"
    }
    names = ("DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS")
    assert settings_of(environment, *names) == [
        "False",
        "False",
        "False",
        "['localhost', '127.0.0.1', '[::1]']",
    ]
