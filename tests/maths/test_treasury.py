"""The treasury's answer, read and matched: plain Python."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.treasury import FINDINGS, Answer, Due, TableError, match, read_rows

TODAY = date(2026, 3, 20)
RELEASED = date(2026, 3, 10)
NAMES = {
    "reference": ("拨付编号", "Our reference"),
    "voucher": ("凭证号", "Voucher number"),
    "amount": ("金额（元）", "Amount, yuan"),
    "paid_on": ("支付日期", "Paid on"),
}
HEADER = ["拨付编号", "收款单位", "金额(元)", "凭证号", "支付日期"]


def answer(reference="A1", voucher="V1", amount="100.00", paid_on=date(2026, 3, 12), row=2):
    return Answer(row, reference, voucher, Decimal(amount) if amount else None, paid_on)


DUES = {
    "A1": Due(Decimal("100.00"), RELEASED),
    "A2": Due(Decimal("200.00"), RELEASED),
    "A3": Due(Decimal("300.00"), RELEASED, voucher="V3"),
    "A4": Due(Decimal("400.00"), RELEASED, has_left=True),
}


@pytest.mark.parametrize(
    ("one", "finding"),
    [
        (answer(), "right"),
        (answer(amount="100.01"), "wrong_amount"),
        (answer("A9"), "unknown"),
        (answer("A4", amount="400.00"), "left"),
        (answer("A3", "V3", "300.00"), "again"),
        (answer("A3", "V9", "300.00"), "paid_already"),
        (answer("A3", "V3", "300.01"), "paid_already"),
        (answer(voucher="V3"), "voucher_twice"),
        (answer(paid_on=date(2026, 3, 9)), "wrong_date"),
        (answer(paid_on=date(2026, 3, 21)), "wrong_date"),
        (answer(voucher=""), "unreadable"),
        (answer(amount=""), "unreadable"),
    ],
)
def test_one_row(one, finding):
    assert match([one], DUES, {"V3"}, TODAY) == [finding]


def test_rows_that_contradict_each_other_are_all_named():
    assert (
        match([answer(), answer(voucher="V2", row=3)], DUES, (), TODAY) == ["reference_twice"] * 2
    )
    assert match([answer(), answer("A2", amount="200.00", row=3)], DUES, (), TODAY) == [
        "voucher_twice", "voucher_twice",
    ]  # fmt: skip
    assert match([answer(), answer(row=3)], DUES, (), TODAY) == ["right", "again"]


ANSWERS = st.lists(
    st.builds(
        answer,
        st.sampled_from(["A1", "A2", "A3", "A4", "A9", ""]),
        st.sampled_from(["V1", "V2", "V3", ""]),
        st.sampled_from(["100.00", "200.00", "300.00", "400.00", ""]),
        st.sampled_from([RELEASED, date(2026, 3, 9), TODAY, date(2026, 3, 21), None]),
    ),
    max_size=8,
)


@given(ANSWERS)
def test_a_payment_is_never_recorded_twice(answers):
    found = match(answers, DUES, {"V3"}, TODAY)
    right = [one for one, finding in zip(answers, found, strict=True) if finding == "right"]
    assert set(found) <= set(FINDINGS)
    assert len({one.reference for one in right}) == len(right)
    assert len({one.voucher for one in right} - {"V3"}) == len(right)
    assert all(one.amount == DUES[one.reference].amount for one in right)
    assert not {one.reference for one in right} & {"A3", "A4"}


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(answers, dice):
    turned = list(answers)
    dice.shuffle(turned)
    found = [
        sorted(zip([str(one.words) for one in rows], match(rows, DUES, {"V3"}, TODAY), strict=True))
        for rows in (answers, turned)
    ]
    assert found[0] == found[1]


def test_imported_again_everything_was_said_before():
    """What the first import recorded is no mismatch of the second."""
    rows = [answer(), answer("A2", "V2", "200.00", row=3)]
    assert match(rows, DUES, {"V3"}, TODAY) == ["right", "right"]
    paid = DUES | {
        "A1": Due(Decimal("100.00"), RELEASED, voucher="V1"),
        "A2": Due(Decimal("200.00"), RELEASED, voucher="V2"),
    }
    assert match(rows, paid, {"V1", "V2", "V3"}, TODAY) == ["again", "again"]


def read(*rows):
    return read_rows(rows, NAMES)


def test_a_table_below_a_letterhead_in_any_order_of_columns():
    rows = read(
        ["吉林省国库集中支付回单"],
        [],
        ["Paid on", "VOUCHER NUMBER", None, "Our reference", "Amount, yuan"],
        ["2026-03-12", " zf-０１ ", "x", "a1", "1,500.50"],
        [datetime(2026, 3, 12), 20260312, None, "A2", 1500.5],
        ["2026年3月12日", "V3", "", "'A3", "￥1500.50元"],
        ["20260312", "V4", "", "A4", "1500.505"],
        ["", "", "", "A5", "99"],
        [],
    )
    day = date(2026, 3, 12)
    sum_ = Decimal("1500.50")
    assert rows == [
        Answer(4, "A1", "ZF-01", sum_, day),
        Answer(5, "A2", "20260312", sum_, day),
        Answer(6, "A3", "V3", sum_, day),
        Answer(7, "A4", "V4", None, day),
    ]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([], "no_header"),
        ([["拨付编号", "凭证号"], ["A1", "V1"]], "no_header"),
        ([[""]] * 30 + [HEADER, ["A1", "", "1", "V1", "2026-03-12"]], "no_header"),
        ([HEADER], "no_rows"),
        ([HEADER, ["A1", "", "1", "", ""]], "no_rows"),
        ([HEADER] + [["A1", "", "1", "V1", "2026-03-12"]] * 5001, "too_many_rows"),
    ],
)
def test_no_table(rows, key):
    with pytest.raises(TableError) as found:
        read(*rows)
    assert found.value.key == key


@pytest.mark.parametrize(
    "cell", ["=1+1", "-5", "1e400", "NaN", "0", True, None, "壹佰", 0.001, "1e3x"]
)
def test_what_is_no_sum_is_none(cell):
    assert read(HEADER, ["A1", "", cell, "V1", "2026-03-12"])[0].amount is None


@pytest.mark.parametrize("cell", ["2026-02-30", "3月12日", "soon", 46093, "2026-03-12 17:00"])
def test_what_is_no_day_is_none(cell):
    assert read(HEADER, ["A1", "", "1", "V1", cell])[0].paid_on is None
