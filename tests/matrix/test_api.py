"""The API asked for all that its description allows, and for more, as everybody of the cast.

No 5xx, no status, type or body that is not declared. What there is, everybody asks for; of what
is made up each asks for something else, or every fourth without `--exhaustive`.
`STEELYARD_API_EXAMPLES=20` asks twenty times as much.
"""

import os
from itertools import cycle

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from accounts.services import tokens
from applications.models import Call
from awards.models import PublicNotice
from tests.exhaustive import examples
from tests.matrix import objects
from tests.signing import session_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("house_in_full_swing")]
EXAMPLES = int(os.environ.get("STEELYARD_API_EXAMPLES", "1"))
OPERATIONS = (
    "awards/", "calls/", "calls/{number}/", "dossiers/", "dossiers/{id}/", "notices/",
    "notices/{number}/", "payments/", "results/", "results/{number}/",
)  # fmt: skip
BY_TOKEN = ("applicant", "finance")


@pytest.fixture(scope="module")
def schema(house_in_full_swing):
    found = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    found.validate()
    return found


@pytest.fixture(scope="module")
def people(house_in_full_swing) -> dict[str, dict]:
    """How each of the cast asks: as visitor, with a session, with a token."""
    asked = {}
    for name, person in objects.faces().items():
        asked[name] = {}
        if person is not None:
            asked[name] = {"cookies": {"sessionid": session_of(person)}}
        if name in BY_TOKEN:
            _token, text = tokens.create_token(name="接口", days=30, by=person)
            asked[f"{name}'s program"] = {"headers": {"Authorization": f"Bearer {text}"}}
    assert len(asked) == 20
    return asked


@pytest.fixture(autouse=True)
def unhurried(settings):
    settings.OPEN_DATA_RATES = dict.fromkeys(settings.OPEN_DATA_RATES, 10**9)


def known(path: str) -> list[dict]:
    """What there is under such an address."""
    one_of_each = Call.objects.order_by("status").distinct("status")
    rows = {
        "calls/{number}/": one_of_each,
        "results/{number}/": one_of_each,
        "notices/{number}/": PublicNotice.objects.all(),
        "dossiers/{id}/": list(objects.dossiers().values())[:5],
    }
    name = "id" if "{id}" in path else "number"
    return [{name: getattr(row, name)} for row in rows[path]] if path in rows else [{}]


def checks():
    """All but the one that asks again without signing in: here a visitor asks the same anyway."""
    return [check for check in CHECKS.get_all() if check.__name__ != "ignored_auth"]


def test_every_address_is_asked(schema):
    assert {o.ok().path for o in schema.get_all_operations()} == {
        f"/api/v1/{p}" for p in OPERATIONS
    }


@pytest.mark.parametrize("path", OPERATIONS)
def test_nobody_gets_an_answer_that_is_not_declared(path, schema, people):
    operation = schema[f"/api/v1/{path}"]["GET"]

    def ask(case, name):
        response = case.call(**people[name])
        try:
            case.validate_response(response, checks=checks())
        except Exception as error:
            error.add_note(f"asked as {name}")
            raise

    for values in known(path):
        for name in people:
            ask(operation.Case(method="GET", path_parameters=values), name)
    turn = cycle(people)
    tries = examples(EXAMPLES * len(people))
    patient = trying(max_examples=tries, suppress_health_check=list(HealthCheck))
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        patient(given(operation.as_strategy(mode))(lambda case: ask(case, next(turn))))()
