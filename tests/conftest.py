"""Fixtures of every test."""

import os

import pytest

pytest_plugins = ["tests.ground", "tests.cast"]


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The session's own Redis."""
    return os.environ["REDIS_URL"]
