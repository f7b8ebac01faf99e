"""What asks the same houses over and over waits for `--exhaustive`, which `.ci/run` always gives.

So whoever works on something has the answer of all other tests in six minutes.
"""

import pytest

MARK = "exhaustive"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--exhaustive", action="store_true", help="also what only CI asks each time")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}: only with --exhaustive, as `.ci/run` asks")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("exhaustive") or any(".py" in arg for arg in config.args):
        return  # asked for, or named
    left = [item for item in items if item.get_closest_marker(MARK)]
    items[:] = [item for item in items if not item.get_closest_marker(MARK)]
    config.hook.pytest_deselected(items=left)
