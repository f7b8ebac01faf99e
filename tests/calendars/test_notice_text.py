"""The State Council's notices as published (numbered paragraphs), read into days."""

from datetime import date

import pytest
from django.utils import translation

from audit.refusals import Invalid
from calendars import known
from calendars.holidays import NoticeDay
from calendars.notice_text import UnreadableNoticeError, read
from calendars.notices import WORDS, read_notice

NOTICES = {
    2023: """
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
""",
    2024: """
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
""",
    2025: """
除个别特殊情形外，春节自农历除夕起放假调休8天，国庆节自10月1日起放假调休7天。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
""",
    2026: """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
国务院办公厅
2025年11月4日
""",
}  # fmt: skip


def shape(days):
    return [(day.day, day.is_working) for day in days]


@pytest.mark.parametrize("year", NOTICES)
def test_the_notices_give_the_released_days(year):
    _, released = known.years()[year]
    assert shape(read(NOTICES[year], year)) == shape(released)


@pytest.mark.parametrize("year", [2024, 2026])
def test_each_day_knows_its_holiday(year):
    _, released = known.years()[year]
    assert [(d.day, d.holiday) for d in read(NOTICES[year], year)] == [
        (d.day, d.holiday) for d in released
    ]


def test_a_merged_paragraph_keeps_the_name_it_has_in_the_notice():
    merged = [d for d in read(NOTICES[2023], 2023) if d.name == "中秋节、国庆节"]
    assert {d.holiday for d in merged} == {"mid_autumn", "national"}
    assert [d.day for d in merged if d.holiday == "mid_autumn"] == [date(2023, 9, 29)]


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", ""),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("月", " 月 "),
    lambda text: text.replace("：", ":").replace("（", "(").replace("）", ")"),
    lambda text: text.replace("至", "—"),
    lambda text: "各省、自治区、直辖市人民政府：\n经国务院批准，现将放假安排通知如下。" + text,
])  # fmt: skip
def test_however_it_was_pasted(change):
    plain = shape(read(NOTICES[2026], 2026))
    assert shape(read(change(NOTICES[2026]), 2026)) == plain


def test_december_of_the_year_before_belongs_to_the_notice():
    text = "一、元旦：2018年12月30日至2019年1月1日放假调休，共3天。2018年12月29日（星期六）上班。"
    assert read(text, 2019) == [
        NoticeDay(date(2018, 12, 29), True, "new_year", "元旦"),
        NoticeDay(date(2018, 12, 31), False, "new_year", "元旦"),
        NoticeDay(date(2019, 1, 1), False, "new_year", "元旦"),
    ]


def test_a_day_of_its_own_decision_keeps_its_name():
    text = "一、抗战胜利70周年纪念日：9月3日至5日调休放假，共3天。9月6日（星期日）上班。"
    assert [(d.day.day, d.is_working, d.holiday, d.name) for d in read(text, 2015)] == [
        (3, False, "other", "抗战胜利70周年纪念日"),
        (4, False, "other", "抗战胜利70周年纪念日"),
        (6, True, "other", "抗战胜利70周年纪念日"),
    ]


@pytest.mark.parametrize(("text", "key"), [
    ("", "no_paragraphs"),
    ("10月1日至7日放假", "no_paragraphs"),
    ("一、国庆节：2月30日放假。", "no_such_day"),
    ("一、国庆节：13月1日放假。", "no_such_day"),
    ("一、国庆节：5日放假。", "no_such_day"),
    ("一、国庆节：10月7日至1日放假。", "order"),
    ("一、国庆节：1月1日至12月31日放假。", "too_long"),
    ("一、国庆节：10月9日放假。10月9日上班。", "contradiction"),
    ("一、国庆节：0000年10月9日放假。", "no_such_day"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused(text, key):
    with pytest.raises(UnreadableNoticeError) as refused:
        read(text, 2027)
    assert refused.value.key == key


def test_a_long_nonsense_is_read_in_no_time():
    with pytest.raises(UnreadableNoticeError):
        read("一、" * 50_000, 2027)
    with pytest.raises(UnreadableNoticeError):
        read("一、元旦：" + "（1月" * 50_000 + "二、春节：2月31日放假。", 2027)


@pytest.mark.parametrize(("text", "message"), [
    ("", "No numbered paragraph such as “一、元旦：1月1日放假” was found. Paste the whole notice."),
    ("一、国庆节：2月30日放假。", "“2月30日” names no day of the calendar."),
    ("一、国庆节：10月9日放假。10月9日上班。",
     "2027-10-09 is declared both a day off and a working day."),
])  # fmt: skip
def test_a_person_is_told_what_is_wrong(text, message):
    with pytest.raises(Invalid) as refused:
        read_notice(text=text, year=2027)
    with translation.override("en"):
        assert (refused.value.field, str(refused.value)) == ("text", message)


def test_every_fault_has_its_words():
    assert set(WORDS) == {"no_paragraphs", "no_such_day", "too_long", "order", "contradiction"}
