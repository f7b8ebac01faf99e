import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from audit.verification import verify
from calendars import integrity, known, selectors, services
from calendars.holidays import NoticeDay
from calendars.models import CalendarDay, CalendarYear
from calendars.notice_text import read
from calendars.signals import year_published
from calendars.table import WorkingDays
from tests.calendars.tables import RELEASED
from tests.calendars.test_notice_text import NOTICES

pytestmark = pytest.mark.django_db

NEXT = """
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""
NUMBER = "国办发明电〔2026〕9号"


@pytest.fixture(autouse=True)
def november_2026():
    """The month in which the notice for 2027 is out."""
    from datetime import UTC, datetime

    clock.mark_as_rehearsal()
    clock.travel_to(datetime(2026, 11, 20, 1, 0, tzinfo=UTC))


@pytest.fixture
def days():
    return read(NEXT, 2027)


@pytest.fixture
def proposed(days, maker):
    return services.propose_year(year=2027, source_no=f" {NUMBER} ", days=days, by=maker)


def test_the_released_years_are_in_force():
    assert selectors.working_days() == WorkingDays(
        RELEASED.exceptions,
        frozenset({2023, 2024, 2025, 2026}),
        {day.day: day.name for _, listed in known.years().values() for day in listed},
    )
    assert selectors.last_known_year() == 2026


def test_the_table_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        selectors.working_days()


def test_a_page_reads_the_table_once_and_the_next_page_anew(django_assert_num_queries):
    with django_assert_num_queries(1), selectors.table_read_once():
        first = selectors.working_days()
        assert selectors.working_days() is first
    with django_assert_num_queries(1), selectors.table_read_once():
        assert selectors.working_days() is not first


def test_a_notice_of_two_people_comes_into_force(proposed, checker):
    assert selectors.last_known_year() == 2026
    services.confirm_year(year=2027, by=checker)
    table = selectors.working_days()
    assert table.is_known(date(2027, 11, 1))
    assert table.is_known(date(2026, 12, 31))
    assert not table.is_working(date(2027, 2, 8))
    assert table.is_working(date(2027, 2, 20))
    assert (table.names[date(2027, 2, 8)], selectors.last_known_year()) == ("春节", 2027)


def test_every_step_leaves_one_event(proposed, maker, checker):
    services.confirm_year(year=2027, by=checker)
    events = Event.objects.filter(object_type="calendars.calendaryear").order_by("id")
    assert [(e.action, e.actor_id, e.source, e.target) for e in events] == [
        ("calendar.propose", maker.pk, "", "proposed"),
        ("calendar.confirm", checker.pk, "proposed", "published"),
    ]
    assert (events[0].after["days"], events[0].after["source_no"]) == (
        len(read(NEXT, 2027)),
        NUMBER,
    )


def test_the_maker_is_never_the_checker(proposed, maker):
    with pytest.raises(NotPermitted):
        services.confirm_year(year=2027, by=maker)
    assert selectors.last_known_year() == 2026
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarYear.objects.filter(pk=proposed.pk).update(
            state="published", confirmed_by_id=maker.pk, confirmed_at=clock.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarYear.objects.filter(pk=proposed.pk).update(state="published")


def test_one_proposal_at_a_time(proposed, days, checker):
    with pytest.raises(WrongState):
        services.propose_year(year=2027, source_no=NUMBER, days=days, by=checker)


def test_a_wrong_proposal_is_withdrawn_with_a_reason(proposed, days, maker, checker):
    with pytest.raises(Invalid) as refused:
        services.withdraw_year(year=2027, reason=" ", by=maker)
    assert refused.value.field == "reason"
    services.withdraw_year(year=2027, reason="录入有误", by=maker)
    with pytest.raises(WrongState):
        services.confirm_year(year=2027, by=checker)
    services.propose_year(year=2027, source_no=NUMBER, days=days, by=checker)
    services.confirm_year(year=2027, by=maker)
    assert selectors.last_known_year() == 2027


def test_there_is_nothing_to_confirm(checker):
    with pytest.raises(WrongState):
        services.confirm_year(year=2027, by=checker)


def test_a_later_notice_replaces_the_one_in_force(maker, checker):
    """As in 2019, when four days at Labour Day were decided in March."""
    days = [d for d in read(NOTICES[2026], 2026) if d.holiday != "mid_autumn"]
    services.propose_year(year=2026, source_no="国办发明电〔2026〕1号", days=days, by=maker)
    services.confirm_year(year=2026, by=checker)
    states = CalendarYear.objects.filter(year=2026).order_by("id").values_list("state", flat=True)
    assert list(states) == ["superseded", "published"]
    assert selectors.working_days().is_working(date(2026, 9, 25))
    services.enter_known_years()
    assert CalendarYear.objects.filter(year=2026).count() == 2


def test_the_notice_for_a_year_may_change_the_december_before(days, maker, checker):
    days = [*days, NoticeDay(date(2026, 12, 31), False, "new_year", "元旦")]
    services.propose_year(year=2027, source_no=NUMBER, days=days, by=maker)
    assert selectors.working_days().is_working(date(2026, 12, 31))
    services.confirm_year(year=2027, by=checker)
    assert not selectors.working_days().is_working(date(2026, 12, 31))


@pytest.mark.parametrize(("year", "change", "source_no", "field"), [
    (2029, None, NUMBER, "year"),
    (2024, None, NUMBER, "year"),
    (2027, None, "  ", "source_no"),
    (2027, lambda days: [], NUMBER, "days"),
    (2027, lambda days: days + days[:1], NUMBER, "days"),
    (2027, lambda days: [d for d in days if d.holiday != "national"], NUMBER, "days"),
    (2027, lambda days: [d for d in days if d.holiday != "spring_festival"], NUMBER, "days"),
    (2027, lambda days: [*days, NoticeDay(date(2026, 12, 25), False, "x", "")], NUMBER, "days"),
    (2027, lambda days: [*days, NoticeDay(date(2028, 1, 3), False, "x", "")], NUMBER, "days"),
    (2027, lambda days: [d for d in days if not d.is_working] + [
        NoticeDay(date(2027, 8, d), False, "other", "x") for d in range(2, 7)], NUMBER, "days"),
])  # fmt: skip
def test_a_notice_that_cannot_be_right_is_refused(days, maker, year, change, source_no, field):
    listed = change(days) if change else days
    with pytest.raises(Invalid) as refused:
        services.propose_year(year=year, source_no=source_no, days=listed, by=maker)
    assert refused.value.field == field
    assert not CalendarYear.objects.filter(state="proposed").exists()


def test_days_that_do_not_differ_are_left_out(days, maker):
    saturday = NoticeDay(date(2027, 10, 2), False, "national", "国庆节")
    notice = services.propose_year(year=2027, source_no=NUMBER, days=[*days, saturday], by=maker)
    assert notice.days.count() == len(days)


def test_those_above_are_told_when_a_year_comes_into_force(proposed, checker):
    told = []

    def hear(sender, year, **kwargs):
        told.append((year, connection.in_atomic_block))

    year_published.connect(hear)
    try:
        services.confirm_year(year=2027, by=checker)
    finally:
        year_published.disconnect(hear)
    assert told == [(2027, True)]


def test_notices_with_their_days_counted(proposed, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = [(y.year, y.state, y.days_off, y.days_worked) for y in selectors.years()]
    assert rows[0][:2] == (2027, "proposed")
    assert rows[1] == (2026, "published", 19, 6)
    assert [d.date for d in selectors.days_of(proposed)] == [d.day for d in read(NEXT, 2027)]


# --- behind the application's back ----------------------------------------------------------------


MOVE = "UPDATE calendars_calendarday SET year_id = %s WHERE date = '2023-10-02'"
ADD = "INSERT INTO calendars_calendarday (year_id, date, is_working, holiday, name) VALUES %s"


@pytest.mark.parametrize("statement", [
    "UPDATE calendars_calendarday SET name = 'x' WHERE date = '2026-10-01'",
    MOVE % "(SELECT max(id) FROM calendars_calendaryear)",
    "DELETE FROM calendars_calendarday WHERE date = '2026-10-01'",
    ADD % "((SELECT max(id) FROM calendars_calendaryear), '2027-03-01', false, 'other', 'x')",
])  # fmt: skip
def test_days_in_force_stand(proposed, checker, statement):
    services.confirm_year(year=2027, by=checker)
    with (
        pytest.raises(DatabaseError, match="in force"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def altered(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return list(integrity.altered_days())


def test_an_untouched_calendar_holds(proposed, checker, only_calendars):
    assert list(integrity.altered_days()) == []
    services.confirm_year(year=2027, by=checker)
    assert list(integrity.altered_days()) == []
    assert [f for f in verify().findings if f.kind == "witness"] == []


def test_altered_days_of_a_confirmed_notice_are_found(proposed, checker):
    services.confirm_year(year=2027, by=checker)
    lines = altered(
        "UPDATE calendars_calendarday SET date = '2027-10-08' WHERE date = '2027-10-07'"
    )
    assert [line.split(":")[0] for line in lines] == [
        f"calendars.calendaryear {proposed.pk} (2027 · {NUMBER})"
    ]
    assert "digest is" in lines[0]


@pytest.mark.parametrize(("statement", "line"), [
    ("DELETE FROM calendars_calendarday WHERE date IN ('2025-10-01', '2025-10-02')",
     "calendar 2025: not as released: 2025-10-01, 2025-10-02"),
    ("UPDATE calendars_calendarday SET name = 'x' WHERE date = '2024-02-04'",
     "calendar 2024: not as released: 2024-02-04"),
    ("UPDATE calendars_calendaryear SET source_no = 'x' WHERE year = 2023",
     "calendar 2023: not as released: x"),
])  # fmt: skip
def test_altered_released_days_are_found(statement, line):
    assert altered(statement) == [line]


def test_a_removed_year_is_found():
    assert altered(
        "WITH gone AS (DELETE FROM calendars_calendaryear WHERE year = 2023 RETURNING id)"
        " DELETE FROM calendars_calendarday WHERE year_id IN (SELECT id FROM gone)"
    ) == ["calendar 2023: missing"]


def test_after_the_tables_were_emptied_the_released_years_come_back():
    """As after `manage.py flush`, whose other tables are left alone here: kept rows name them."""
    assert CalendarDay.objects.count() == 100
    altered("DELETE FROM calendars_calendarday; DELETE FROM calendars_calendaryear")
    assert CalendarDay.objects.count() == 0
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert CalendarDay.objects.count() == 100
    assert list(integrity.altered_days()) == []


# --- at the same time -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_twenty_people_enter_and_confirm_at_once(days):
    people = [
        get_user_model().objects.create(
            username=f"p{n}", name=f"第{n}人", email=f"p{n}@example.org"
        )
        for n in range(20)
    ]
    barrier = threading.Barrier(20)

    def attempt(act, person):
        barrier.wait(20)
        try:
            act(person)
        except (WrongState, NotPermitted):
            return 0
        finally:
            connection.close()
        return 1

    def propose(person):
        services.propose_year(year=2027, source_no=NUMBER, days=days, by=person)

    def confirm(person):
        services.confirm_year(year=2027, by=person)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, [propose] * 20, people)) == 1
        assert sum(pool.map(attempt, [confirm] * 20, people)) == 1
    notice = CalendarYear.objects.get(year=2027)
    assert notice.state == "published"
    assert notice.proposed_by_id != notice.confirmed_by_id
    assert notice.days.count() == len(days)
