"""What asks the same things over and over waits for `--exhaustive`, which `.ci/run` always gives.

So whoever works on something has the answer of all other tests in six minutes. A rule is then held
against a quarter of the examples, other ones each time.
"""

import pytest
from hypothesis import settings

MARK = "exhaustive"
SHARE = 4  # one example in so many is tried where nobody asked for all
ASKED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--exhaustive", action="store_true", help="also what only CI asks each time")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before any test is imported, and in each process."""
    config.addinivalue_line("markers", f"{MARK}: only with --exhaustive, as `.ci/run` asks")
    # Asked for, or a file is named: whoever does so works on it.
    named = any(".py" in argument for argument in config.args)
    config.stash[ASKED] = bool(config.getoption("exhaustive")) or named
    # How long an example takes says how busy the machine is, not whether the rule holds.
    settings.register_profile("all", deadline=None)
    settings.register_profile("some", deadline=None, max_examples=100 // SHARE)
    settings.load_profile("all" if config.stash[ASKED] else "some")


def examples(most: int) -> int:
    """How many a rule is held against that costs more, or less, than most do."""
    whole = settings.get_current_profile_name() == "all"
    return most if whole else max(most // SHARE, 5)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.stash[ASKED]:
        return
    left = [item for item in items if item.get_closest_marker(MARK)]
    items[:] = [item for item in items if not item.get_closest_marker(MARK)]
    config.hook.pytest_deselected(items=left)
