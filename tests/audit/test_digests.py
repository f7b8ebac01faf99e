import datetime as dt
import enum
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy, override
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit import digests
from tests.exhaustive import examples


class Colour(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


def test_sm3_gives_the_standards_vectors():
    """GB/T 32905-2016, annex A."""
    assert digests.sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert (
        digests.sm3(b"abcd" * 16)
        == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_the_keyed_code_is_hmac():
    """HMAC as RFC 2104 builds it from the digest alone."""
    key, message = b"steelyard", "事项".encode()
    padded = key.ljust(64, b"\0")
    inner = bytes.fromhex(digests.sm3(bytes(b ^ 0x36 for b in padded) + message))
    outer = digests.sm3(bytes(b ^ 0x5C for b in padded) + inner)
    assert digests.Keyed(key).mac(message) == outer
    assert digests.Keyed("steelyard").mac(message) == outer


def test_an_empty_key_is_refused():
    with pytest.raises(ValueError, match="empty key"):
        digests.Keyed("")


def test_canonical_is_sorted_compact_utf8():
    assert digests.canonical({"b": 1, "a": ["合", None, True]}) == (
        '{"a":["合",null,true],"b":1}'.encode()
    )


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (Decimal("240.00"), "240.00"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (0.1, "0.1"),
        (dt.date(2026, 6, 12), "2026-06-12"),
        (
            dt.datetime(2026, 6, 12, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai")),
            "2026-06-12T09:00:00+00:00",
        ),
        (dt.time(17, 30), "17:30:00"),
        (dt.timedelta(days=1), "86400.000000"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (b"\x01\xff", "01ff"),
        (Colour.RED, "red"),
        (Number.ONE, 1),
        ({"b", "a"}, ["a", "b"]),
        ((1, 2), [1, 2]),
        ({Colour.RED: 1, 2: 3}, {"red": 1, "2": 3}),
        ("a\x00b\ud800", "a�b�"),
        (None, None),
        (False, False),
    ],
)
def test_every_kind_of_value_has_one_plain_form(value, form):
    plain = digests.plain(value)
    assert (plain, type(plain)) == (form, type(form))


def test_a_lazy_text_is_taken_in_the_readers_language():
    with override("en"):
        assert digests.plain(gettext_lazy("Monday")) == "Monday"


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError, match="object has no canonical form"):
        digests.canonical({"x": object()})
    with pytest.raises(ValueError, match="naive"):
        digests.canonical(dt.datetime(2026, 1, 1))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.decimals()
    | st.text(st.characters())
    | st.datetimes(timezones=st.just(dt.UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class RoundTrip(TestCase):
    @settings(max_examples=examples(200), deadline=None)
    @given(anything)
    def test_plain_values_come_back_from_jsonb_unchanged(self, value):
        sent = digests.dumps(digests.plain(value))
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::jsonb::text", [sent.decode()])
            back = cursor.fetchone()[0]
        import json

        assert digests.dumps(json.loads(back)) == sent
