"""The database out of reach, really: nothing answers at the address that it is asked at."""

import socket
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connections
from django.test import Client
from psycopg import errors

from config.outage import is_outage

pytestmark = pytest.mark.django_db


@contextmanager
def nobody_answers():
    """Every connection of this process goes to a port that is ours and that nobody listens at."""
    here = connections["default"]
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        gone = here.copy()
        gone.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(deaf.getsockname()[1])}
        connections["default"] = gone
        try:
            yield
        finally:
            connections["default"] = here


@pytest.fixture
def unreachable():
    with nobody_answers():
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/", "/open/", "/notices/", "/workbench/", "/no/such/page/"])
def test_a_page_says_so_and_when_to_come_back(unreachable, visitor, address):
    visitor.cookies["sessionid"] = "of somebody"
    answer = visitor.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Cache-Control"] == "no-store, private"
    text = answer.content.decode()
    assert "系统暂时无法使用" in text
    assert "Nothing that was saved is lost." in text


def test_what_is_sent_is_answered_so_too(unreachable, visitor):
    answer = visitor.post("/accounts/login/", {"login": "officer", "password": "x"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Cache-Control"] == "no-store"


def test_who_watches_the_server_is_answered(unreachable, visitor):
    assert visitor.get("/healthz").status_code == 200
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_a_visitor_is_served_again_once_it_is_back(visitor):
    with nobody_answers():
        assert visitor.get("/").status_code == 503
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize(
    ("cause", "outage"),
    [
        (None, True),
        (errors.ConnectionFailure(), True),
        (errors.AdminShutdown(), True),
        (errors.CannotConnectNow(), True),
        (errors.TooManyConnections(), True),
        (errors.LockNotAvailable(), False),
        (errors.DiskFull(), False),
    ],
)
def test_which_errors_are_of_a_database_out_of_reach(cause, outage):
    error = OperationalError()
    error.__cause__ = cause
    assert is_outage(error) is outage


def test_another_error_stays_the_systems_failure(visitor, monkeypatch):
    from portal.views import public

    monkeypatch.setattr(public.calls, "open_calls", lambda now: 1 / 0)
    assert visitor.get("/").status_code == 500
