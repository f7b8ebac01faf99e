import pytest
from django.contrib.auth import get_user_model

from audit import witnesses


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "audit-anchors"


@pytest.fixture
def maker(db):
    return get_user_model().objects.create(username="meng", name="孟岚", email="meng@example.org")


@pytest.fixture
def checker(db):
    return get_user_model().objects.create(username="qiao", name="乔松", email="qiao@example.org")


@pytest.fixture
def only_calendars(monkeypatch):
    """The witnesses of the apps above watch the people that these tests make by themselves."""
    monkeypatch.setattr(witnesses, "_checks", {"calendars": witnesses.registered()["calendars"]})
