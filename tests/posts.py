"""Every post that succeeds takes at most twenty statements, whichever test makes it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

MOST = 20
MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # of transactions inside another


class Statements(list[str]):
    """Counts what is asked of the database, as a wrapper around its cursor; `_copies_are_seen`
    brings what passes wrappers by.
    """

    def __call__(self, execute: Any, sql: str, *more: Any) -> Any:
        if not sql.startswith(MARKS):
            self.append(sql)
        return execute(sql, *more)


@pytest.fixture(scope="session", autouse=True)
def _copies_are_seen() -> Iterator[None]:
    """COPY runs past Django's wrappers: whichever counts on this thread's connection is told."""
    copy = psycopg.Cursor.copy

    def seen(self: Any, statement: Any, *args: Any, **kwargs: Any) -> Any:
        for wrapper in connection.execute_wrappers:
            if isinstance(wrapper, Statements):
                wrapper.append(str(statement))
        return copy(self, statement, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "copy", seen)
        yield


@pytest.fixture(scope="session", autouse=True)
def _posts_are_counted() -> Iterator[None]:
    request = Client.request

    def counted(self: Client, **environ: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST":
            return request(self, **environ)
        asked = Statements()
        with connection.execute_wrapper(asked):
            response = request(self, **environ)
        if response.status_code < 400 and len(asked) > MOST:
            listed = "\n".join(f"{n:3} {sql[:160]}" for n, sql in enumerate(asked, start=1))
            pytest.fail(f"{environ['PATH_INFO']} takes {len(asked)} statements:\n{listed}")
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", counted)
        yield
