"""Houses that differ only in what is hidden give everybody the same answers, to the byte.

In one twin the marks are others, for those who may know the people; in the other both are.

Every address, with filters, searches and orders, as everybody who must not know: the same status,
headers, body and number of queries; and, since all of them are asked here, the status that
`allowed.json` gives the person, within the limit of queries. Only what is random in every answer
is masked: tokens of forms, the nonces of the content security policy. The clocks of both houses
stand still together. The pages of refusals, which hold nothing of the house, are left empty.
"""

import re
import zlib
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import User
from audit import clock
from notifications.channels import Email
from notifications.models import Delivery
from tests import rehearsed
from tests.matrix import asking, objects, twins

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

KNOW_PEOPLE = ("officer", "supervisor")
KNOWERS = {"marks": (), "both": KNOW_PEOPLE}
PERSONS = (
    "anonymous", "applicant", "applicant2", "editor", "viewer", "region", "region2", "officer",
    "expert", "expert2", "supervisor", "approver", "finance", "secretary", "lead", "sysadmin",
    "secadmin", "auditor",
)  # fmt: skip
HIDDEN = [("marks" if person in KNOW_PEOPLE else "both", person) for person in PERSONS]
MASKS = (
    (re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(name="once" value=")[^"]+'), rb"\1-"),
    (re.compile(rb'(nonce[=-]"?)[A-Za-z0-9+/=_-]{16,}'), rb"\1-"),
    (re.compile(rb"(csrftoken=)[A-Za-z0-9]+"), rb"\1-"),
    (re.compile(rb'("X-CSRFToken": ?")[^"]+'), rb"\1-"),
    (re.compile(rb"(X-CSRFToken&quot;: ?&quot;)[^&]+"), rb"\1-"),
)
LINKS = re.compile(r'href="([^"#]*\?[^"#]+)"')
MOST = 15  # queries of a page
MOST_LINKS = 5  # orders, filters and pages of one page, as it offers them itself


@dataclass(frozen=True)
class Answer:
    """What one gets: the whole response but for the masks, and what it cost the database; and
    the words of its statements."""

    head: bytes
    packed: bytes
    queries: int
    read: frozenset[str]

    @classmethod
    def of(cls, response) -> "Answer":
        body = b"".join(response.streaming_content) if response.streaming else response.content
        cookies = response.cookies.output(header="Set-Cookie:")
        head = "\n".join(
            (str(response.status_code), *(f"{k}: {v}" for k, v in response.items()), cookies)
        )
        packed = zlib.compress(masked(body), 1)
        return cls(masked(head.encode()), packed, response.queries, frozenset(response.read))

    @property
    def status(self) -> int:
        return int(self.head.split()[0])

    @property
    def body(self) -> str:
        return zlib.decompress(self.packed).decode(errors="replace")

    def difference(self, other: "Answer") -> str:
        """The first place where two answers part; empty when they are the same."""
        if self.head != other.head:
            return f"{self.head!r} != {other.head!r}"
        if self.queries != other.queries:
            return f"{self.queries} queries != {other.queries}"
        for mine, theirs in zip(self.body.split("\n"), other.body.split("\n"), strict=False):
            if mine != theirs:
                pairs = enumerate(zip(mine, theirs, strict=False))
                at = next((i for i, (a, b) in pairs if a != b), 0)
                around = slice(max(at - 90, 0), at + 90)
                return f"…{mine[around]}… != …{theirs[around]}…"
        return "" if self.body == other.body else "one is longer"


def masked(text: bytes) -> bytes:
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


@pytest.fixture(scope="module")
def houses(full_swing, django_db_blocker):
    """The names of the house and of its twins; everybody is signed in there already."""
    base = f"twin_{rehearsed.process()}"
    with django_db_blocker.unblock(), rehearsed.copy_of(full_swing, base):
        moment = clock.now()
        with time_machine.travel(moment, tick=False):
            stand_still(moment)
            house = House(base)
            with rehearsed.copy_of(base, f"{base}_marks"):
                house.changed["marks"] = twins.other_marks(house.parts)
                house.compare("marks")
                rehearsed.turn_to(base)
                with rehearsed.copy_of(f"{base}_marks", f"{base}_both"):
                    house.changed["people"] = twins.other_people(house.parts)
                    house.compare("both")
                    yield house


def stand_still(moment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION steelyard_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" AS $$ SELECT timestamptz '{moment.isoformat()}' $$"
        )


class House:
    """The people with their sessions, the addresses, and the words one might search for."""

    def __init__(self, base: str) -> None:
        self.base, self.changed, self.differing = base, {}, {}
        self.parts = twins.parts()
        self.faces = objects.faces() | {
            "leaves": self.parts.leaves.user,
            "comes": self.parts.comes.user,
            "scribe": User.objects.get(username="scribe"),
        }
        self.askers = {name: asking.Asker(person) for name, person in self.faces.items()}
        asked = asking.questions(objects.objects())
        self.allowed = {
            asked[key][1]: line
            for key, line in asking.allowed().items()
            if key.startswith("GET ") and not line.endswith("405 *")
        }
        self.searches = self._searches()
        self.tables = contents()

    def compare(self, twin: str) -> None:
        """Which tables of the twin that Django works in are not as in the house."""
        own = contents()
        self.differing[twin] = {name for name, digest in self.tables.items() if own[name] != digest}

    def _searches(self) -> list[str]:
        people = (self.parts.leaves, self.parts.comes)
        words = [w for e in people for w in (e.user.name, e.pseudonym, e.employer.name)]
        words += ["twin", "专家", self.parts.number]
        found = {
            "portal:search": ("q",),
            "portal:trail": ("person", "object"),
            "applications:dossier_list": ("q",),
            "accounts:people": ("q",),
        }
        paths = [
            f"{reverse(name)}?{field}={quote(word)}"
            for name, fields in found.items()
            for field in fields
            for word in words
        ]
        trail, outbox = reverse("portal:trail"), reverse("notifications:outbox")
        acts = ("score", "score.sign", "score.finish", "score.reopen", "seat", "conflict",
                "recusal", "declaration", "draw", "ranking")  # fmt: skip
        paths += [f"{trail}?scope={self.parts.number}&page={n}" for n in range(1, 6)]
        paths += [f"{trail}?scope={self.parts.number}&action={act}" for act in acts]
        paths += [
            f"{outbox}?what={what}&state={state}&page={n}"
            for what in ("messages", "jobs")
            for state in ("pending", "done", "dead")
            for n in range(1, 4)
        ]
        return paths

    def answers(self, person: str, paths: list[str]) -> dict[str, Answer]:
        asker = self.askers[person]
        with asking.bare_refusals(), asking.failures() as failures:
            found = {path: Answer.of(asker.get(path)) for path in paths}
        assert failures == []
        return found

    def in_both(self, twin: str, person: str) -> dict[str, tuple[Answer, Answer]]:
        """Every address as the person in both houses; of the pages that open, the searches and the
        links they offer. The second house cannot answer otherwise, and is not asked, where no
        table was read that differs."""
        rehearsed.turn_to(self.base)
        here = self.answers(person, list(self.allowed))
        opened = {path for path, answer in here.items() if answer.status == 200}
        searches = [path for path in self.searches if path.split("?")[0] in opened]
        here |= self.answers(person, list(dict.fromkeys([*searches, *links(here)])))
        rehearsed.turn_to(f"{self.base}_{twin}")
        there = self.answers(person, [p for p in here if here[p].read & self.differing[twin]])
        return {path: (here[path], there.get(path, here[path])) for path in here}


def contents() -> dict[str, str | None]:
    """A digest of every table, whatever the order of its rows."""
    with connection.cursor() as cursor:
        parts = [
            f"SELECT '{t}', md5(string_agg(r::text, ';' ORDER BY r::text)) FROM {t} r"
            for t in connection.introspection.table_names(cursor)
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def links(answers: dict[str, Answer]) -> list[str]:
    """The same pages in another order, filtered, or further on."""
    found: dict[str, None] = {}
    for path, answer in answers.items():
        if "?" not in path:
            own = [unescape(link) for link in LINKS.findall(answer.body)]
            whole = [f"{path}{link}" if link.startswith("?") else link for link in own]
            found |= dict.fromkeys([w for w in whole if w.startswith(f"{path}?")][:MOST_LINKS])
    return list(found)


def test_the_twins_differ_in_everything_that_is_hidden(houses):
    for changed in houses.changed.values():
        assert [what for what, count in changed.items() if not count] == []


@pytest.mark.parametrize(("twin", "person"), HIDDEN)
def test_who_must_not_know_gets_the_same_to_the_byte(twin, person, houses):
    found = houses.in_both(twin, person)
    given = {path: found[path][0] for path in houses.allowed}
    assert {
        path: f"{answer.status}, allowed is {asking.expected(houses.allowed[path], person)}"
        for path, answer in given.items()
        if answer.status != asking.expected(houses.allowed[path], person)
    } == {}
    assert {p: answer.queries for p, answer in given.items() if answer.queries > MOST} == {}
    told = {path: here.difference(there) for path, (here, there) in found.items()}
    assert {path: difference for path, difference in told.items() if difference} == {}


def test_a_scribe_sees_what_was_typed_in_and_no_other_mark(houses):
    found = houses.in_both("marks", "scribe")
    opened = {p for p, (here, _there) in found.items() if here.status == 200 and "scribing" in p}
    assert len(opened) == 5
    assert {p: here.queries for p, (here, _there) in found.items() if here.queries > MOST} == {}
    told = {path: here.difference(there) for path, (here, there) in found.items()}
    assert {path: difference for path, difference in told.items() if difference} == {}


@pytest.mark.parametrize(
    ("twin", "person", "name"),
    [
        ("marks", "leaves", "reviews:my_reviews"),
        ("both", "comes", "reviews:my_reviews"),
        ("both", "officer", "reviews:draw"),
        ("both", "supervisor", "reviews:draw"),
    ],
)
def test_who_may_know_sees_the_difference(twin, person, name, houses):
    """Else the test above would ask houses in which there is nothing to see."""
    path = reverse(name, args=[houses.parts.drawn] if name == "reviews:draw" else [])
    answers = []
    for house in (houses.base, f"{houses.base}_{twin}"):
        rehearsed.turn_to(house)
        answers.append(houses.answers(person, [path])[path])
    assert answers[0].status == 200
    assert answers[0].difference(answers[1])


@pytest.mark.parametrize("twin", KNOWERS)
def test_the_mails_of_all_others_are_the_same(twin, houses):
    knowers = {houses.faces[name].pk for name in (*KNOWERS[twin], "leaves", "comes")}
    rows = Delivery.objects.select_related("message__recipient").order_by("pk")
    mails = []
    for name in (houses.base, f"{houses.base}_{twin}"):
        rehearsed.turn_to(name)
        mails.append([
            (d.pk, d.state, email.subject, email.body, email.to, email.extra_headers)
            for d in rows.exclude(message__recipient__in=knowers)
            for email in [Email().compose(d)]
        ])  # fmt: skip
    assert mails[0] == mails[1] != []
