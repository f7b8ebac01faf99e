"""Whatever is typed, no address answers 500: impossible ids, queries and form values."""

import re
from itertools import cycle
from urllib.parse import quote, urlencode

import pytest
from django.urls import NoReverseMatch, reverse

from tests.matrix import asking, objects

pytestmark = [
    pytest.mark.slow,
    pytest.mark.exhaustive,
    pytest.mark.usefixtures("house_in_full_swing"),
]

NUMBERS = (0, 10**40)
WORDS = ("a" * 3000, "x' OR '1'='1", "\x00", "../½%s%n")
VALUES = (
    "abc", "\x00", "-1", "9" * 5000, "1e400", "NaN", "Infinity", "٣", "2026-02-30", "0000-00-00",
    "{\"a\": [1]}", "<script>alert(1)</script>", "\ud7ff\uffff", " ", "x" * 20_000, "2026-01-01",
    "-0.005", "on", "99999999999999999999.999", "１２", "\r\n", "true", "[]", "🀄",
)  # fmt: skip
NAMES = re.compile(r"<(?:input|select|textarea|button)\b[^>]*?\bname=\"([^\"]+)\"")
KNOWN = ("page", "what", "state", "show", "q", "project", "missing", "inline", "verify", "supply")
# Those who may open the most, between them everything.
ASKERS = ("officer", "applicant", "expert", "finance", "secretary", "secadmin", "sysadmin",
          "approver", "supervisor", "lead", "region", "auditor")  # fmt: skip


@pytest.fixture(scope="module")
def cases(house_in_full_swing):
    return objects.objects()


@pytest.fixture(scope="module")
def clients(house_in_full_swing):
    known = objects.faces()
    return {name: asking.Asker(known[name]) for name in (*ASKERS, "anonymous")}


@pytest.fixture(scope="module")
def fields(clients, cases) -> list[str]:
    """Every field name that any page offers."""
    found = set(KNOWN)
    for key, name in admitted("GET", cases).items():
        page = clients[name].get(address(key, cases))
        if page.headers.get("Content-Type", "").startswith("text/html"):
            found |= set(NAMES.findall(page.content.decode()))
    assert len(found) > 120
    return sorted(found - {"csrfmiddlewaretoken"})


@pytest.fixture
def failures():
    with asking.failures() as caught:
        yield caught


def admitted(method: str, cases) -> dict[str, str]:
    """For each address that knows the method, the first case in which an asker is neither sent
    away nor refused, and who that is."""
    found, done = {}, set()
    for key, line in asking.allowed().items():
        name = key.split(" ")[1].partition("(")[0]
        welcome = (a for a in ASKERS if asking.expected(line, a) not in (403, 404, 405))
        if key.startswith(f"{method} ") and name not in done and (asker := next(welcome, None)):
            found[key] = asker
            done.add(name)
    return found


def address(key: str, cases) -> str:
    name, _, case = key.split(" ", 1)[1].removesuffix(")").partition("(")
    return reverse(name, args=cases[name][case])


def test_impossible_ids(clients, cases, failures):
    for key, person in (admitted("GET", cases) | admitted("POST", cases)).items():
        method, _, rest = key.partition(" ")
        name, _, case = rest.removesuffix(")").partition("(")
        args = cases[name][case]
        for place, arg in enumerate(args):
            for odd in NUMBERS if isinstance(arg, int) else WORDS:
                changed = (*args[:place], odd, *args[place + 1 :])
                try:
                    url = reverse(name, args=changed)
                except NoReverseMatch:
                    continue
                clients[person].generic(method, url)
    assert failures == []


def test_raw_addresses(clients, failures):
    """What no `reverse` would make: every path of the URLconf with words in place of its parts."""
    for pattern in asking.routes():
        for word in ("%00", quote("½")):
            path = "/" + re.sub(r"<[^>]+>|\(\?P.+?\)(?=/|-|$)", word, pattern)
            clients["officer"].get(path)
    assert failures == []


def test_absurd_queries(clients, cases, fields, failures):
    turn = cycle(VALUES)
    for key, person in admitted("GET", cases).items():
        url = address(key, cases)
        query = {name: next(turn)[:600] for name in fields}
        clients[person].get(f"{url}?{urlencode(query)}")
    assert failures == []


def test_absurd_forms(clients, cases, fields, failures):
    turn = cycle(VALUES)
    for key, person in admitted("POST", cases).items():
        url = address(key, cases)
        clients[person].post(url, {name: next(turn) for name in fields})
    assert failures == []


def test_bodies_that_are_no_form(clients, cases, failures):
    turn = cycle(
        (
            ("application/json", b'{"version": "x"}'),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
            ("application/x-www-form-urlencoded; charset=utf-8", b"a=%ff%fe&version=%00"),
        )
    )
    for key, person in admitted("POST", cases).items():
        url = address(key, cases)
        kind, body = next(turn)
        clients[person].generic("POST", url, body, kind)
    assert failures == []
