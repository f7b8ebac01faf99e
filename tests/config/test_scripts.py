"""The scripts: they parse in a plain shell, and setting up again changes nothing."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from config.embedded_places import BASE

SCRIPTS = ("setup", "demo", "test", "lint")


@pytest.mark.parametrize("name", [*SCRIPTS, "lib/setup.sh"])
def test_scripts_are_plain_shell(name):
    script = BASE / "script" / name
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    text = script.read_text()
    assert re.findall(r"\[\[|\bfunction\b|<<<|\blocal\b", text) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_run_from_anywhere(name):
    script = BASE / "script" / name
    assert os.access(script, os.X_OK)
    assert 'cd "$(dirname "$0")/.."' in script.read_text()


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_package_is_pinned_by_digest_and_no_place_is_named(name):
    text = (BASE / "requirements" / f"{name}.txt").read_text()
    assert re.findall(r"https?:|file:/|--find-links|--index|-r /", text) == []
    packages = re.findall(r"^([a-z0-9][^\s=]*)==\S+ \\$", text, re.M)
    assert len(packages) > 50
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert [e.split("==")[0] for e in entries if "--hash=sha256:" not in e] == []


def test_what_the_tests_need_contains_what_the_site_needs():
    def pinned(name: str) -> set[str]:
        text = (BASE / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^(\S+==\S+)", text, re.M))

    assert pinned("base") - pinned("dev") == set()


def test_every_declared_package_says_what_it_is_for():
    text = (BASE / "pyproject.toml").read_text()
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.M | re.S)
    lines = [line for block in lists for line in block.splitlines() if line.strip()]
    assert len(lists) == 2
    assert [line for line in lines if "# " not in line] == []


def test_setting_up_again_changes_nothing():
    if not (BASE / ".venv" / "installed-packages").exists():
        pytest.skip("this checkout was not set up by script/setup")
    styles = BASE / "static/css/steelyard.css"
    subprocess.run([BASE / "script/setup"], check=True, cwd="/")
    before = styles.stat().st_mtime_ns
    subprocess.run([BASE / "script/setup"], check=True, cwd="/")
    assert styles.stat().st_mtime_ns == before


def test_no_python_is_told_in_words(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "printf"):
        found = next(Path(p) / name for p in os.defpath.split(":") if (Path(p) / name).exists())
        (tools / name).symlink_to(found)
    checkout = tmp_path / "checkout"
    (checkout / "script/lib").mkdir(parents=True)
    for name in ("script/setup", "script/lib/setup.sh"):
        (checkout / name).write_text((BASE / name).read_text())
    done = subprocess.run(
        ["sh", checkout / "script/setup"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Python 3.11 or newer is needed" in done.stderr) == (1, True)
