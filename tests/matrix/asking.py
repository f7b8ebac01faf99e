"""Asking every address as everybody, and the form in which the answers are kept.

`allowed.json` has one line for each method, address and case: the status and who gets it, `*` for
everybody not named elsewhere on the line, as in "200 applicant editor | 302 anonymous | 404 *".
"""

import json
import re
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.template import engines, loader
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import User
from tests.matrix.objects import Cases
from tests.signing import client_of

FILE = Path(__file__).with_name("allowed.json")
METHODS = ("GET", "POST")


@contextmanager
def failures() -> Iterator[list[str]]:
    """What is behind each answer of 500 in the block: the address, the person, the exception."""
    caught: list[str] = []

    def note(sender: Any, request: Any, **_: Any) -> None:
        error = sys.exc_info()[1]
        [place] = traceback.extract_tb(error.__traceback__)[-1:]
        caught.append(
            f"{request.method} {request.path[:80]} as {request.user}: {type(error).__name__}: "
            f"{str(error)[:200]} ({place.filename}:{place.lineno})"
        )

    got_request_exception.connect(note)
    try:
        yield caught
    finally:
        got_request_exception.disconnect(note)


def addresses() -> set[str]:
    """Every name of the URLconf, with its namespace."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: Any, space: str):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _names(pattern.url_patterns, inner)


def routes(patterns: Any = None, before: str = "") -> list[str]:
    """Every path of the URLconf as it is written there."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = f"{before}{pattern.pattern}"
        found += [path] if isinstance(pattern, URLPattern) else routes(pattern.url_patterns, path)
    return found


class Asker(RequestFactory):
    """Somebody at a browser, signed in or not. Light: no templates are kept; and no answer changes
    the cookies, so that signing out in one question makes no visitor of whoever asks the next."""

    def __init__(self, person: User | None) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if person is not None:
            self.cookies = client_of(person).cookies

    def request(self, **environ: Any) -> Any:
        """The answer, with the number of its queries; nothing of it stays in the database."""
        counter = Counter()
        with transaction.atomic(), connection.execute_wrapper(counter):
            answer = self.handler(self._base_environ(**environ))
            transaction.set_rollback(True)
        answer.queries, answer.read = counter.queries, counter.read
        return answer


WORD = re.compile(r"\w+")
words = cache(lambda sql: frozenset(WORD.findall(sql)))


class Counter:
    """Counts statements; not the savepoints, which are there only because a test is."""

    def __init__(self) -> None:
        self.queries = 0
        self.read: set[str] = set()  # every word of the statements, so every table they name

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.queries += 1
            self.read |= words(sql)
        return execute(sql, *rest)


def questions(cases: dict[str, Cases]) -> dict[str, tuple[str, str]]:
    """By "METHOD name(case)": the method and the address."""
    return {
        f"{method} {name}" + (f"({case})" if case else ""): (method, reverse(name, args=args))
        for name, by_case in cases.items()
        for case, args in by_case.items()
        for method in METHODS
    }


@dataclass
class Told:
    """A person's answers: status and queries of each, and what was behind those of 500."""

    statuses: dict[str, int]
    queries: dict[str, int]
    failures: list[str]


def ask(
    person: User | None,
    asked: dict[str, tuple[str, str]],
    drawn: Callable[[str], bool] = lambda key: True,
) -> Told:
    """All the questions as one person; `drawn` says of which the page is put together."""
    asker = Asker(person)
    with failures() as caught, bare_refusals():
        answers = {}
        for key, question in asked.items():
            with nullcontext() if drawn(key) else undrawn():
                answers[key] = asker.generic(*question)
    return Told(
        {key: answer.status_code for key, answer in answers.items()},
        {key: answer.queries for key, answer in answers.items()},
        caught,
    )


@contextmanager
def undrawn() -> Iterator[None]:
    """Views come to their end, and their pages stay white."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "render_to_string", lambda *_, **__: "")
        yield


@contextmanager
def bare_refusals() -> Iterator[None]:
    """Thousands of refusals need no page each; the pages themselves are tried elsewhere."""
    engine = engines["django"].engine
    known = engine.template_loaders[0].get_template_cache
    kept = {name: engine.get_template(name) for name in ("403.html", "404.html")}
    known.update(dict.fromkeys(kept, engine.from_string("")))
    try:
        yield
    finally:
        known.update(kept)


def written(by_person: dict[str, dict[str, int]]) -> dict[str, str]:
    """Lines for the file from everybody's answers."""
    lines = {}
    for key in next(iter(by_person.values())):
        who = defaultdict(list)
        for person, told in by_person.items():
            who[told[key]].append(person)
        rest = max(who, key=lambda status: (len(who[status]), status))
        parts = [f"{s} {' '.join(sorted(who[s]))}" for s in sorted(who) if s != rest]
        lines[key] = " | ".join([*parts, f"{rest} *"])
    return lines


def allowed() -> dict[str, str]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def expected(line: str, person: str) -> int:
    """The status that the line gives this person."""
    rest = None
    for part in line.split(" | "):
        status, *who = part.split()
        if person in who:
            return int(status)
        if who == ["*"]:
            rest = int(status)
    assert rest is not None, line
    return rest
