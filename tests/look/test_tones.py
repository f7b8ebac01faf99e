"""Every state that a page may show has a mark of its own choosing."""

from django.apps import apps
from django.conf import settings

from applications.workflow import Status
from config.tones import STATES, TONES, tone_of

STATE_FIELDS = {"status", "state", "outcome"}


def states() -> set[tuple[str, str]]:
    """(where, value) of every choice of a field that holds a state."""
    return {
        (f"{model._meta.label}.{field.name}", str(value))
        for app in settings.APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.name in STATE_FIELDS
        for value, _label in field.flatchoices or ()
    } | {("applications.workflow.Status", str(status)) for status in Status}


def test_every_state_has_a_tone():
    assert {(where, v) for where, v in states() if v not in STATES and v not in TONES} == set()


def test_every_tone_is_known():
    assert {tone for tone in STATES.values() if tone not in TONES} == set()


def test_an_unknown_state_wears_the_neutral_ring():
    assert tone_of("never heard of") == "todo"
    assert tone_of(None) == "todo"
    assert tone_of(Status.RETURNED) == "act"
