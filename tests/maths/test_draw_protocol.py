import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.draw import protocol


def test_published_sm3_values():
    # GB/T 32905-2016, appendix A
    assert protocol.sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert protocol.sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


def test_published_hmac_sm3_value():
    # GM/T 0042-2015, appendix D.3: key 01 … 20 and a message of two repeats
    key = bytes(range(1, 33))
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
    panel, seat, expert = "p", "s", "e"
    assert hmac.new(key, message, "sm3").hexdigest() == (
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    )
    assert protocol.key(key, panel, seat, expert) == hmac.digest(key, b"p|s|e", "sm3")


@given(st.binary(max_size=200))
def test_sm3_agrees_with_another_implementation(data):
    assert protocol.sm3(data) == hashlib.new("sm3", data).digest()


@given(st.binary(min_size=32, max_size=32), st.text(max_size=9), st.text(max_size=9), st.text())
def test_keys_agree_with_another_implementation(seed, panel, seat, expert):
    expected = hmac.digest(seed, f"{panel}|{seat}|{expert}".encode("utf-8", "ignore"), "sm3")
    assert protocol.key(seed, panel, seat, expert) == expected


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ({"name": "四平 换热装备", "e": "é"}, '{"e":"é","name":"四平 换热装备"}'),
        ('"\\/\b\f\n\r\t\x00\x1f\x7f', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"'),
        ({}, "{}"),
        ([], "[]"),
        (-0, "0"),
        (9007199254740991, "9007199254740991"),
        # RFC 8785, 3.2.3: names are sorted as UTF-16 code units, not as code points
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}',
        ),
    ],
)
def test_canonical_json(value, canonical):
    assert protocol.jcs(value) == canonical.encode()


@pytest.mark.parametrize("value", [1.0, {"a": 0.5}, 2**53, -(2**53), {1: "a"}, b"a", "\ud800", {1}])
def test_what_has_no_canonical_form(value):
    with pytest.raises(ValueError, match=r"no canonical form|surrogates not allowed"):
        protocol.jcs(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(json_values)
def test_canonical_json_reads_back_and_is_stable(value):
    data = protocol.jcs(value)
    assert json.loads(data) == value
    assert protocol.jcs(json.loads(data)) == data


def test_commit_and_reveal_by_hand():
    operator, supervisor = bytes([1]) * 32, bytes([2]) * 32
    hashed = protocol.input_hash({"draw": "2026-1-D1"})
    assert hashed == hashlib.new("sm3", b'{"draw":"2026-1-D1"}').hexdigest()
    assert protocol.commitment(operator) == hashlib.new("sm3", operator).hexdigest()
    together = bytes.fromhex(hashed) + operator + supervisor + "上证指数 3210.37".encode()
    expected = hashlib.new("sm3", together).digest()
    assert protocol.seed(hashed, operator, supervisor, "上证指数 3210.37") == expected
    assert protocol.seed(hashed, supervisor, operator, "上证指数 3210.37") != expected
    assert protocol.seed(hashed, operator, supervisor) != expected


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_is_32_bytes(length):
    with pytest.raises(ValueError, match="32 bytes"):
        protocol.seed("00" * 32, bytes(length), bytes(32))


def test_the_tie_break_is_the_first_32_bits():
    assert protocol.key_number(bytes.fromhex("0102030405")) == 0x01020304
