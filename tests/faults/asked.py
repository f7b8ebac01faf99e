"""The fault test waits for `--faults [N]`; `.ci/run` asks for a small one."""

import pytest

MARK = "faults"
KILLS, SEED = 50, 7


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults", "processes killed while a call is rehearsed")
    group.addoption(
        "--faults", nargs="?", type=int, const=KILLS, metavar="N", help=f"so many; {KILLS}"
    )
    group.addoption("--faults-seed", type=int, default=SEED, metavar="SEED", help=f"{SEED}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: only with --faults")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("faults"):
        return
    left = [item for item in items if item.get_closest_marker(MARK)]
    items[:] = [item for item in items if not item.get_closest_marker(MARK)]
    config.hook.pytest_deselected(items=left)
