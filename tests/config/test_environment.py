"""What the settings make of the environment."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from config import environment

ANY_TEXT = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("TRUE", True), (" on ", True), ("0", False), ("", False), ("off", False)],
)
def test_switches(monkeypatch, text, expected):
    monkeypatch.setenv("SWITCH", text)
    assert environment.flag("SWITCH", default=not expected) is expected


def test_a_switch_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("SWITCH", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="SWITCH must be 1 or 0"):
        environment.flag("SWITCH")


def test_an_unset_switch_has_its_default():
    assert environment.flag("SWITCH_THAT_NOBODY_SET", default=True) is True


def test_numbers_and_lists(monkeypatch):
    monkeypatch.setenv("COUNT", "3")
    monkeypatch.setenv("NAMES", "a.example, b.example,,")
    assert (environment.number("COUNT", 0), environment.words("NAMES")) == (
        3,
        ["a.example", "b.example"],
    )
    monkeypatch.setenv("COUNT", "three")
    with pytest.raises(ImproperlyConfigured):
        environment.number("COUNT", 0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me:p%40ss@db.example:6432/steel?sslmode=require",
            ("me", "p@ss", "db.example", "6432", "steel", {"sslmode": "require"}),
        ),
        ("postgres://me@/steel", ("me", "", "", "", "steel", {})),
        ("postgresql://me@%2Fvar%2Frun%2FPG/steel", ("me", "", "/var/run/PG", "", "steel", {})),
        ("postgresql://me:x@[::1]:5433/steel", ("me", "x", "::1", "5433", "steel", {})),
        (
            "postgres://me@/steel?connect_timeout=3",
            ("me", "", "", "", "steel", {"connect_timeout": "3"}),
        ),
    ],
)
def test_database_addresses(url, expected):
    read = environment.database(url)
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert tuple(read[n] for n in names) == expected[:-1]
    assert read["OPTIONS"] == {"connect_timeout": "10"} | expected[-1]


def test_other_databases_are_refused():
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        environment.database("sqlite:///db.sqlite3")


def test_brokers_of_both_kinds():
    assert environment.broker("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert environment.broker("rediss://r.example:6380/1") == "rediss://r.example:6380/1"


def test_mail_addresses():
    read = environment.mail("smtp://post:s%3Acret@mail.example")
    assert (read["EMAIL_PORT"], read["EMAIL_HOST_PASSWORD"], read["EMAIL_USE_TLS"]) == (
        587,
        "s:cret",
        True,
    )
    assert environment.mail("smtps://mail.example")["EMAIL_USE_SSL"] is True
    with pytest.raises(ImproperlyConfigured):
        environment.mail("mail.example")


def test_a_secret_must_be_configured_where_none_is_kept(monkeypatch):
    monkeypatch.delenv("A_SECRET", raising=False)
    with pytest.raises(ImproperlyConfigured, match="Set A_SECRET"):
        environment.secret("A_SECRET", None)


def test_a_secret_is_made_once_and_for_our_eyes_only(tmp_path):
    place = tmp_path / "new" / "secret"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: environment.secret("A_SECRET", place), range(16)))
    assert len(made) == 1
    assert len(made.pop()) > 50
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [p.name for p in place.parent.iterdir()] == ["secret"]


@given(user=ANY_TEXT, password=ANY_TEXT)
def test_every_name_and_password_survives_its_way_through_an_address(user, password):
    from urllib.parse import quote

    address = f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@h/d"
    read = environment.database(address)
    assert (read["USER"], read["PASSWORD"], read["HOST"]) == (user, password, "h")
