"""Telephone numbers, e-mail addresses and identity numbers: read as they are meant, or refused."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from accounts import contacts, identity
from accounts.forms.contacts import ContactField, EmailField, IdentityField, TelephoneField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("＋８６　１３８ ００００ ００００", "13800000000"),
        ("0086-13800000000", "13800000000"),
        ("0434-5550123", "0434-5550123"),
        ("04345550123", "0434-5550123"),
        ("（０４３４）５５５０１２３", "0434-5550123"),
        ("0434－5550123", "0434-5550123"),
        ("+86 434 5550123", "0434-5550123"),
        ("+86-0434-5550123", "0434-5550123"),
        ("+86 10 66550123", "010-66550123"),
        ("0431 85550100", "0431-85550100"),
        ("0434-5550123-801", "0434-5550123-801"),
        ("0434-5550123转801", "0434-5550123-801"),
        ("(0434) 5550123 ext. 801", "0434-5550123-801"),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(typed, kept):
    assert contacts.normalise_telephone(typed) == kept
    assert contacts.telephone_fault(kept) is None
    assert contacts.normalise_telephone(kept) == kept
    assert TelephoneField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["5550123", "12800000000", "1380000000", "138000000000", "0434-555012", "0434-055501234",
     "0134-5550123", "+1 202 555 0123", "call me", "0435", "110", "-", "4345550123"],
)  # fmt: skip
def test_what_is_no_telephone_number_is_refused(typed):
    assert contacts.telephone_fault(contacts.normalise_telephone(typed)) == contacts.NO_TELEPHONE
    with pytest.raises(ValidationError, match="0434-5550123"):
        TelephoneField().clean(typed)


def test_a_contact_is_a_telephone_number_or_an_address():
    field = ContactField(max_length=80)
    assert field.clean(" 0434 5550123 ") == "0434-5550123"
    assert field.clean("Lu＠Example．org ") == "lu@example.org"
    for wrong in ("somewhere", "a@b", "@example.org", "a@@example.org"):
        with pytest.raises(ValidationError):
            field.clean(wrong)


def test_an_address_is_read_half_width_without_blanks_in_small_letters():
    assert EmailField().clean("Ｌｕ @Example.org") == "lu@example.org"
    with pytest.raises(ValidationError):
        EmailField().clean("lu.example.org")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("220302198001011235", "220302198001011235"),
        ("220302 19800101 1235", "220302198001011235"),
        ("２２０３０２１９８００１０１１２３５", "220302198001011235"),
        ("11010519491231002x", "11010519491231002X"),  # the example of GB 11643-1999
        ("91220400-MA000000-27", "91220400MA00000027"),
    ],
)
def test_whose_number_it_may_be(typed, kept):
    assert IdentityField().clean(typed) == kept


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("220302198001011234", "last digit"),
        ("220302198013011235", "day of birth"),
        ("22030219800101123", "18 characters"),
        ("220302800101123", "18 characters"),
        ("E12345678", "18 characters"),
    ],
)
def test_what_is_wrong_with_an_identity_number(number, why):
    with pytest.raises(ValidationError):
        IdentityField().clean(number)
    with override("en"):
        assert why in str(identity.fault(number))


def test_a_legal_body_gives_its_code():
    assert identity.fault("91220400MA00000027") is None
