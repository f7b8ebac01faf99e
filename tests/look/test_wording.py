"""Days, instants and amounts as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from applications import money
from calendars import wording
from config.templatetags.amounts import signed

FRIDAY = datetime(2026, 6, 12, 9, tzinfo=UTC)
LATE_EVENING = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # the new year has begun in Shanghai

amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2)


@pytest.mark.parametrize(
    ("value", "language", "year", "expected"),
    [
        (FRIDAY, "zh-hans", 2026, "6月12日（周五）17:00"),
        (FRIDAY, "zh-hans", 2025, "2026年6月12日（周五）17:00"),
        (FRIDAY, "zh-hans", None, "2026年6月12日（周五）17:00"),
        (FRIDAY, "en", 2026, "Fri 12 June, 17:00"),
        (FRIDAY, "en", 2024, "Fri 12 June 2026, 17:00"),
        (LATE_EVENING, "zh-hans", 2027, "1月1日（周五）00:30"),
        (LATE_EVENING, "en", 2026, "Fri 1 January 2027, 00:30"),
    ],
)
def test_moment(value, language, year, expected):
    assert wording.moment_text(value, language, year_now=year) == expected


def test_moment_without_weekday():
    assert wording.moment_text(FRIDAY, "zh-hans", year_now=2026, week=False) == "6月12日 17:00"


def test_day_of_a_date_and_of_an_instant():
    assert wording.day_text(date(2026, 6, 12), "zh-hans", year_now=2026) == "6月12日"
    assert wording.day_text(LATE_EVENING, "zh-hans", year_now=2026) == "2027年1月1日"
    assert (
        wording.day_text(date(2026, 6, 12), "zh-hans", year_now=2026, week=True)
        == "6月12日（周五）"
    )


@pytest.mark.parametrize(
    ("start", "end", "language", "expected"),
    [
        (date(2026, 6, 17), date(2026, 6, 24), "zh-hans", "6月17日至24日"),
        (date(2026, 6, 29), date(2026, 7, 3), "zh-hans", "6月29日至7月3日"),
        (date(2026, 12, 30), date(2027, 1, 6), "zh-hans", "12月30日至2027年1月6日"),
        (date(2025, 12, 30), date(2026, 1, 6), "zh-hans", "2025年12月30日至2026年1月6日"),
        (date(2025, 6, 17), date(2025, 6, 24), "zh-hans", "2025年6月17日至24日"),
        (date(2026, 6, 17), date(2026, 6, 17), "zh-hans", "6月17日"),
        (date(2026, 6, 17), date(2026, 6, 24), "en", "17 to 24 June"),
        (date(2026, 6, 29), date(2026, 7, 3), "en", "29 June to 3 July"),
    ],
)
def test_period(start, end, language, expected):
    assert wording.period_text(start, end, language, year_now=2026) == expected


@pytest.mark.parametrize(
    ("after", "zh", "en"),
    [
        (timedelta(hours=3), "今天 12:30 前", "today by 12:30"),
        (timedelta(days=1), "明天 09:30 前", "tomorrow by 09:30"),
        (timedelta(days=2), "6月10日前", "by 10 June"),
        (timedelta(days=300), "2027年4月4日前", "by 4 April 2027"),
        (timedelta(0), "超 1 日", "1 day late"),
        (timedelta(days=-3), "超 3 日", "3 days late"),
    ],
)
def test_until(after, zh, en):
    now = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
    assert wording.until_text(now + after, now, "zh-hans") == zh
    assert wording.until_text(now + after, now, "en") == en


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (0, "超期", "overdue"),
        (1, "超 1 个工作日", "1 working day late"),
        (7, "超 7 个工作日", "7 working days late"),
    ],
)
def test_over(days, zh, en):
    assert wording.over_text(days, "zh-hans") == zh
    assert wording.over_text(days, "en") == en


def test_left():
    now = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
    assert wording.left(now + timedelta(days=4, hours=7, minutes=30), now) == (4, 7, 30)
    assert wording.left(now - timedelta(days=4), now) == (0, 0, 0)


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [
        ("24000000", "2,400"),
        ("0", "0"),
        ("0.01", "0.000001"),
        ("12345.67", "1.234567"),
        ("125000.50", "12.50005"),
        ("-6900000", "−690"),
        ("300000000", "30,000"),
        ("-0.00", "0"),
    ],
)
def test_wan(yuan, expected):
    assert money.wan(Decimal(yuan)) == expected


@given(amounts)
def test_what_is_shown_in_wan_reads_back_to_the_fen(yuan):
    assert money.parse_wan(money.wan(yuan)) == yuan
    assert money.parse_wan(money.wan_input(yuan)) == yuan


@pytest.mark.parametrize("typed", ["２，４００", "2,400 万元", " 2400 ", "2400.00", "+2400"])
def test_what_people_type(typed):
    assert money.parse_wan(typed) == Decimal("24000000.00")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "number"),
        ("abc", "number"),
        ("1e9", "number"),
        ("NaN", "number"),
        ("--5", "number"),
        ("9" * 40, "number"),
        ("一百", "number"),
        ("1.0000001", "fen"),
    ],
)
def test_what_is_no_amount(typed, reason):
    with pytest.raises(money.AmountError) as refused:
        money.parse_wan(typed)
    assert refused.value.reason == reason


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_is_refused(typed):
    try:
        assert money.parse_wan(typed).is_finite()
    except money.AmountError as refused:
        assert refused.reason in {"number", "fen"}


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [
        ("24000000", "人民币贰仟肆佰万元整"),
        ("300000000", "人民币叁亿元整"),
        ("12345.67", "人民币壹万贰仟叁佰肆拾伍元陆角柒分"),
        ("100.05", "人民币壹佰元零伍分"),
        ("0.05", "人民币伍分"),
        ("0", "人民币零元整"),
        # 支付结算办法, annex 1: the examples of 正确填写票据和结算凭证的基本规定, where it leaves
        # the choice without the 零.
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("10", "人民币壹拾元整"),
        ("0.50", "人民币伍角"),
        ("1.10", "人民币壹元壹角"),
        ("10010000", "人民币壹仟零壹万元整"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("100000001", "人民币壹亿零壹元整"),
        ("1000000000.01", "人民币壹拾亿元零壹分"),
        ("299999999.99", "人民币贰亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("90000000000000", "人民币玖拾万亿元整"),
        ("0.005", "人民币壹分"),
    ],
)
def test_daxie(yuan, expected):
    assert money.daxie(Decimal(yuan)) == expected


_DIGITS = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_daxie(words: str) -> Decimal:
    """An independent reading of an amount in capitals, unit by unit."""
    total, section, digit, fen = 0, 0, 0, Decimal(0)
    for c in words.removeprefix("人民币").removesuffix("整"):
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section, digit = section + digit * _UNITS[c], 0
        elif c == "万":
            section, digit = (section + digit) * 10_000, 0
        elif c == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif c == "元":
            total, section, digit = total + section + digit, 0, 0
        else:
            fen, digit = fen + digit * {"角": Decimal("0.1"), "分": Decimal("0.01")}[c], 0
    return total + fen


@given(st.decimals(min_value=0, max_value=10**11, places=2))
def test_daxie_says_the_same_amount(yuan):
    assert read_daxie(money.daxie(yuan)) == yuan


@given(st.decimals(min_value=0, max_value=money.LIMIT - 1, places=2))
def test_daxie_is_written_by_the_rules(yuan):
    """No 零 doubled or before a unit, 整 exactly after whole yuan, one 元 at most."""
    words = money.daxie(yuan).removeprefix("人民币")
    assert set(words) <= set("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")
    assert "零零" not in words
    assert words == "零元整" or not any(f"零{unit}" in words for unit in "拾佰仟万亿元角分整")
    assert words.endswith("整") == (yuan == yuan.to_integral_value())
    assert words.count("元") == (yuan >= 1 or yuan == 0)


def one(filters: str) -> str:
    return "{{ x|" + filters + " }}"


def shown(source: str, language: str = "zh-hans", **values) -> str:
    wording.use_clock(lambda: datetime(2026, 6, 8, 1, 30, tzinfo=UTC))
    with translation.override(language):
        return engines["django"].from_string(source).render(values)


@pytest.mark.parametrize(
    ("filters", "value", "zh", "en"),
    [
        ("wan", Decimal("24000000"), "2,400", "2,400"),
        ("money", Decimal("24000000"), "2,400 万元", "CNY 24 million"),
        ("money", Decimal("86500.5"), "8.65005 万元", "CNY 86,500.5"),
        ("yuan", 24_000_000, "24,000,000.00", "24,000,000.00"),
        ("score", Decimal("87.535"), "87.54", "87.54"),
        ("score", "87", "87.00", "87.00"),
        ("number", 2467, "2,467", "2,467"),
        ("number:1", Decimal("3.25"), "3.3", "3.3"),
        ("percent", Decimal("0.82007"), "82%", "82%"),
        ("percent:2", Decimal("0.82007"), "82.01%", "82.01%"),
        ("share_of:30000|percent", 29310, "97.7%", "97.7%"),
        ("share_of:0|percent", 5, "—", "—"),
        ("moment", FRIDAY, "6月12日（周五）17:00", "Fri 12 June, 17:00"),
        ('moment:"short"', FRIDAY, "6月12日 17:00", "12 June, 17:00"),
        ("day", FRIDAY, "6月12日", "12 June"),
        ('day:"year week"', FRIDAY, "2026年6月12日（周五）", "Fri 12 June 2026"),
        ("day", datetime(2025, 6, 12, tzinfo=UTC), "2025年6月12日", "12 June 2025"),
        ("clock", FRIDAY, "17:00", "17:00"),
        ("iso", FRIDAY, "2026-06-12T17:00+08:00", "2026-06-12T17:00+08:00"),
        ("until", FRIDAY, "6月12日前", "by 12 June"),
        ("missing", 0, "0", "0"),
    ],
)
def test_filters(filters, value, zh, en):
    assert shown(one(filters), x=value) == zh
    assert shown(one(filters), "en", x=value) == en


@pytest.mark.parametrize(
    "name",
    ["wan", "money", "yuan", "daxie", "score", "number", "percent", "moment", "day", "clock",
     "until", "missing"],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_a_dash(name, value):
    assert shown(one(name), x=value) == "—"


@pytest.mark.parametrize("value", ["abc", "<b>", Decimal("NaN"), float("inf"), object(), [], True])
def test_figures_of_what_is_no_figure(value):
    for name in ("wan", "money", "yuan", "daxie", "score", "number", "percent"):
        assert shown(one(name), x=value) == "—"


def test_the_year_is_always_written_without_a_clock():
    with translation.override("zh-hans"):
        wording.use_clock(None)
        made = engines["django"].from_string("{{ x|moment }}").render({"x": FRIDAY})
    assert made == "2026年6月12日（周五）17:00"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1.72", "+1.72"),
        ("-0.03", "−0.03"),
        ("-0.00", "0.00"),
        (5, "+5"),
        (-10, "−10"),
        (None, "—"),
    ],
)
def test_a_difference_has_its_sign(value, shown):
    assert signed(value) == shown


def test_months_in_both_languages() -> None:
    day = date(2025, 9, 30)
    assert [wording.month_text(day, language) for language in ("zh-hans", "en")] == [
        "2025年9月",
        "Sep 2025",
    ]
