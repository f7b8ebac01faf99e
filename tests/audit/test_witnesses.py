import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from audit import witnesses
from audit.services import record
from audit.verification import verify
from tests.audit.conftest import superuser

pytestmark = pytest.mark.django_db
FIELDS = ("name", "is_active", "date_joined", "unit")


def said(person):
    return {name: person.serializable_value(name) for name in FIELDS}


def lines(**kwargs):
    return list(witnesses.last_after(get_user_model(), FIELDS, **kwargs))


@pytest.fixture
def told(officer, checker):
    """Both people, each with an event that tells all facts."""
    for person in (officer, checker):
        record(action="person.create", obj=person, by=None, after=said(person))
    return officer


def test_rows_that_agree_say_nothing(told):
    assert lines() == []


def test_the_last_event_about_each_fact_counts(told):
    get_user_model().objects.filter(pk=told.pk).update(name="新名")
    record(
        action="person.rename", obj=told, by=told, before={"name": "林雨"}, after={"name": "新名"}
    )
    assert lines() == []


def test_an_altered_row_is_named_with_its_fact_and_event(told):
    get_user_model().objects.filter(pk=told.pk).update(name="改了")
    event = record(action="person.seen", obj=told, by=None, after={"other": 1})
    (line,) = lines()
    assert line == (
        f"accounts.user {told.pk} (改了): name is 改了,"
        f" event {event.pk - 2} (person.create) says 林雨"
    )


def test_an_added_row_is_named(told):
    stranger = get_user_model().objects.create(username="x", name="无中生有", email="x@example.org")
    facts = "name, is_active, date_joined, unit"
    assert lines() == [f"accounts.user {stranger.pk} (无中生有): no event tells of its {facts}"]


def test_a_removed_row_is_named_unless_an_event_says_so(told, checker):
    gone = checker.pk
    with superuser() as sql:
        sql("DELETE FROM accounts_user WHERE id = %s", [gone])
    (line,) = lines()
    assert line.startswith(f"accounts.user {gone} (乔松): missing; the last event about it is ")
    assert lines(removed_by=["person.create"]) == []


def test_facts_may_be_a_function_of_the_row(told):
    def facts(person):
        return {"name": person.name}

    assert list(witnesses.last_after(get_user_model(), facts)) == []
    get_user_model().objects.filter(pk=told.pk).update(name="改了")
    assert len(list(witnesses.last_after(get_user_model(), facts))) == 1


def test_the_number_of_queries_does_not_grow(told, django_assert_num_queries):
    for n in range(30):
        person = get_user_model().objects.create(
            username=f"p{n}", name="x", email=f"p{n}@example.org"
        )
        record(action="person.create", obj=person, by=None, after=said(person))
    with django_assert_num_queries(2):
        assert lines() == []


@pytest.mark.parametrize(
    ("said", "now", "same"),
    [
        ("240", "240.00", True),
        ("240.00", 240, True),
        ("240.00", "240.01", False),
        ("submitted", "submitted", True),
        ("submitted", "draft", False),
        (None, None, True),
        (None, "", False),
        (True, 1, False),
        (0, False, False),
        (True, True, True),
        ("2026-06-12T17:00:00+08:00", "2026-06-12T09:00:00+00:00", True),
        ("2026-06-12T17:00:00+08:00", "2026-06-12T09:00:01+00:00", False),
        ("2026-06-12", "2026-06-13", False),
        ("NaN", "sNaN", False),
        ([1], [1], True),
        ([1], ["1"], False),
    ],
)
def test_what_counts_as_the_same(said, now, same):
    assert witnesses.same(said, now) is same


def test_an_event_with_odd_facts_breaks_no_witness(told):
    with superuser() as sql:
        sql("UPDATE audit_event SET after = '[1]' WHERE object_id = %s", [str(told.pk)])
    assert len(lines()) == 1


def test_two_witnesses_of_one_name_are_refused():
    def one():
        return []

    witnesses.register("x", one)
    witnesses.register("x", one)
    with pytest.raises(ValueError, match="'x'"):
        witnesses.register("x", list)


def test_verification_hears_every_witness_even_one_that_breaks_down(told):
    def fine():
        return []

    def accusing():
        yield "row 7: altered"

    def broken():
        return [Decimal("x") + dt.timedelta()]

    witnesses.register("b", accusing)
    witnesses.register("a", broken)
    witnesses.register("c", fine)
    report = verify()
    heard = [(f.subject, f.line) for f in report.findings if f.kind == "witness"]
    assert report.witnesses == 3
    assert [subject for subject, _ in heard] == ["a", "b"]
    assert heard[0][1].startswith("a: InvalidOperation")
    assert heard[1][1] == "row 7: altered"


def test_a_broken_statement_of_one_witness_does_not_silence_the_next(told):
    def broken():
        return list(get_user_model().objects.extra(where=["no_such_column"]))

    def accusing():
        return [f"{get_user_model().objects.count()} people"]

    witnesses.register("a", broken)
    witnesses.register("b", accusing)
    heard = [f.line for f in verify().findings if f.kind == "witness"]
    assert heard[0].startswith("a: ProgrammingError")
    assert heard[1] == "2 people"
