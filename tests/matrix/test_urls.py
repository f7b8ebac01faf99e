"""Every address x everybody, with the objects of a house in full swing, against `allowed.json`.

With `--exhaustive` the pages are asked in `test_twins.py`, which has to open all as everybody.
Here a page is put together for the first of those who may open it; of the others it is asked
whether they may.

After a change that is meant: `STEELYARD_MATRIX=write pytest tests/matrix/test_urls.py`, then read
the difference line by line against what each person must never see.
"""

import json
import os
from functools import cache

import pytest

from tests.matrix import asking, objects

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("house_in_full_swing")]
WRITE = os.environ.get("STEELYARD_MATRIX") == "write"
PERSONS = (
    "anonymous", "applicant", "applicant2", "editor", "viewer", "region", "region2", "officer",
    "expert", "expert2", "supervisor", "approver", "finance", "secretary", "lead", "sysadmin",
    "secadmin", "auditor",
)  # fmt: skip


@pytest.fixture(scope="module")
def cases(house_in_full_swing):
    return objects.objects()


@pytest.fixture(scope="module")
def faces(house_in_full_swing):
    return objects.faces()


MOST = {"GET": 15, "POST": 20}  # queries of a page, of a post


@pytest.fixture
def methods(request) -> tuple[str, ...]:
    """What each person asks each address that knows it."""
    return ("POST",) if request.config.getoption("exhaustive") else ("GET", "POST")


@cache
def first_to_open(line: str) -> str | None:
    return next((name for name in PERSONS if asking.expected(line, name) == 200), None)


def test_every_address_has_its_cases(cases):
    assert set(cases) == asking.addresses()
    if not WRITE:
        assert set(asking.questions(cases)) == set(asking.allowed())


@pytest.mark.skipif(not WRITE, reason="the matrix is compared, not written")
def test_the_matrix_is_written_anew(faces, cases):
    asked = asking.questions(cases)
    lines = asking.written({n: asking.ask(p, asked).statuses for n, p in faces.items()})
    asking.FILE.write_text(json.dumps(lines, ensure_ascii=False, indent=0) + "\n")


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_may_do_what_the_matrix_allows_and_nothing_else(name, faces, cases, methods):
    """Nor does any answer fail, or take more queries than agreed.

    Methods that an address does not know are asked of two persons only.
    """
    lines = asking.allowed()
    asked = {
        key: question
        for key, question in asking.questions(cases).items()
        if (question[0] in methods and not lines[key].endswith("405 *"))
        or (lines[key].endswith("405 *") and name in ("anonymous", "officer"))
    }
    told = asking.ask(faces[name], asked, lambda key: name == first_to_open(lines[key]))
    assert told.failures == []
    assert {
        key: f"{status}, allowed is {asking.expected(lines[key], name)}"
        for key, status in told.statuses.items()
        if status != asking.expected(lines[key], name)
    } == {}
    assert {key: n for key, n in told.queries.items() if n > MOST[asked[key][0]]} == {}
