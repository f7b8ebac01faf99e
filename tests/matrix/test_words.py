"""The log of a house in full swing is read in words: no act, state or fact shows its code."""

import pytest
from django.utils import translation

from audit.models import Event
from portal.event_rows import action_words, state_words
from portal.fact_words import FACTS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("house_in_full_swing")]


@pytest.fixture
def chinese():
    with translation.override("zh-hans"):
        yield


def test_every_act_has_words(chinese):
    acts = set(Event.objects.values_list("action", flat=True))
    assert len(acts) > 80
    assert {act for act in acts if action_words(act).isascii() or "·" in action_words(act)} == set()


def test_every_state_has_words(chinese):
    told = set(Event.objects.values_list("object_type", "source"))
    told |= set(Event.objects.values_list("object_type", "target"))
    states = {(kind, state) for kind, state in told if state}
    assert len(states) > 50
    assert {pair for pair in states if state_words(*pair).isascii()} == set()


def test_every_fact_has_a_name(chinese):
    facts = {
        name
        for pair in Event.objects.values_list("before", "after")
        for side in pair
        if isinstance(side, dict)
        for name in side
    }
    assert len(facts) > 80
    assert facts - FACTS.keys() == set()
    assert {name for name in facts if str(FACTS[name]).isascii()} == set()
