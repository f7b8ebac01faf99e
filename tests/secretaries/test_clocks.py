"""Clocks that pause, sub-clocks, more time, the ladder and its inquiry."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from calendars.selectors import working_days
from calendars.wording import day_of
from config.templatetags.weighing import mini
from notifications import kinds
from notifications.models import Message
from secretaries.models import Escalation, OverdueInquiry, RequestHold, ServiceRequest
from secretaries.selectors.clocks import clock_of, shares_of
from secretaries.services import (
    clocks,
    extensions,
    holds,
    inquiries,
    pauses,
    requests,
    settings,
    telling,
)
from tests import making
from tests.racing import overtaken
from tests.secretaries.people import made_older, on_a_day
from tests.secretaries.test_pages import url
from tests.secretaries.test_requests import Served
from tests.signing import client_of

pytestmark = pytest.mark.django_db
EVIDENCE = "已函请省厅批复，文号吉工信函〔2026〕18号"


@pytest.fixture
def cast() -> Served:
    on_a_day(worked=True)  # on another one, what was due on the last one is late already
    return Served()


def again(row: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_related("finish", "response").get(pk=row.pk)


def held(row: ServiceRequest) -> int:
    return row.holds.get(until__isnull=True, is_support=False).pk


def worked(days: int, *, before: Any = None) -> int:
    """How many calendar days lie back the day from which so many working days have passed."""
    today = day = before or clock.today()
    table = working_days()
    for _n in range(days):
        while not table.is_working(day):
            day -= timedelta(days=1)
        day -= timedelta(days=1)
    return (today - day).days


def test_a_pause_takes_its_days_out_and_does_not_restart(cast: Served) -> None:
    row = cast.ask(level="complex")
    made_older(row, worked(6))
    before = clock_of(again(row), clock.now(), working_days())
    assert (before.used, before.paused) == (6, False)
    paused = pauses.pause_clock(
        request=row, reason="superior", evidence=EVIDENCE, by=cast.zhao.user
    )
    assert paused.finish.due_at is None
    still = clock_of(again(row), clock.now() + timedelta(days=30), working_days())
    assert still.paused and still.used in (5, 6)  # today stands still too, if it is worked
    with pytest.raises(WrongState):
        pauses.pause_clock(request=row, reason="law", evidence=EVIDENCE, by=cast.zhao.user)
    resumed = pauses.resume_clock(request=row, text="省厅批复已到", by=cast.zhao.user)
    assert resumed.finish.paused_days == 0  # begun and ended on one day: nothing was lost
    assert clock_of(again(row), clock.now(), working_days()).used == 6
    kinds = row.actions.values_list("kind", flat=True)
    assert list(kinds) == ["raise", "pause", "resume"]


def test_a_clock_is_marked_where_its_own_warnings_come(cast: Served) -> None:
    """By the numbers in force when its days were counted, not by a share written on the page."""
    before = cast.ask(level="complex")
    settings.set_numbers(
        values={"half_percent": 20, "near_percent": 40},
        document_no="吉工信服务〔2026〕5号",
        reason="提前预警，给承办单位留足时间。",
        seen=1,
        by=cast.lead,
    )
    after = cast.ask(level="complex")
    found = [clock_of(again(row), clock.now(), working_days()) for row in (before, after)]
    assert [(one.limit, one.half, one.nearly) for one in found] == [(15, 8, 12), (15, 3, 6)]
    made_older(after, worked(6))
    marked = clock_of(again(after), clock.now(), working_days())
    assert (marked.near, 'class="warn"' in mini(6, 15, marked.half, marked.nearly)) == (True, True)


def test_a_pause_asks_for_a_listed_reason_evidence_and_time_left(cast: Served) -> None:
    row = cast.ask()
    for wrong in ({"reason": "tired"}, {"evidence": "无"}):
        values = {"reason": "firm", "evidence": EVIDENCE, **wrong}
        with pytest.raises(Invalid):
            pauses.pause_clock(request=row, by=cast.zhao.user, **values)
    made_older(row, 40)
    with pytest.raises(WrongState):
        pauses.pause_clock(request=row, reason="firm", evidence=EVIDENCE, by=cast.zhao.user)
    with pytest.raises(NotPermitted):
        pauses.pause_clock(request=row, reason="firm", evidence=EVIDENCE, by=cast.owner)


def test_every_pass_ends_one_sub_clock_and_they_add_up(cast: Served) -> None:
    row = cast.ask(level="hard")
    for unit, ago in (("四平市自然资源局", 9), ("四平供电公司", 4), ("省能源局", 0)):
        holds.pass_on(request=row, unit=unit, text="", by=cast.zhao.user)
        if ago:
            made_older(row, ago)
    holds.ask_assistance(request=row, unit="铁西区住建局", text="", by=cast.zhao.user)
    row = again(row)
    shares = shares_of(row, clock.now(), working_days())
    assert [s.hold.unit for s in shares] == [
        "四平市工信局",
        "四平市自然资源局",
        "四平供电公司",
        "省能源局",
        "铁西区住建局",
    ]
    leading = [s.days for s in shares if not s.hold.is_support]
    assert sum(leading) == clock_of(row, clock.now(), working_days()).used
    with pytest.raises(Invalid):
        holds.pass_on(request=row, unit="省能源局", text="", by=cast.zhao.user)


def test_signed_for_within_a_day_or_sent_back_within_a_day(cast: Served) -> None:
    row = holds.pass_on(request=cast.ask(), unit="供电公司", text="", by=cast.zhao.user)
    back = holds.send_back(request=row, hold=held(row), text="属住建局职责", by=cast.zhao.user)
    assert back.with_unit == ""
    row = holds.pass_on(request=row, unit="住建局", text="", by=cast.zhao.user)
    holds.sign_for(request=row, hold=held(row), name="王科长", by=cast.zhao.user)
    for late in (
        lambda: holds.sign_for(request=row, hold=held(row), name="王科长", by=cast.zhao.user),
        lambda: holds.send_back(request=row, hold=held(row), text="不归我们管", by=cast.zhao.user),
    ):
        with pytest.raises(WrongState):
            late()
    row = holds.pass_on(request=row, unit="环保局", text="", by=cast.zhao.user)
    made_older(row, 5)
    with pytest.raises(WrongState):
        holds.send_back(request=row, hold=held(row), text="不归我们管", by=cast.zhao.user)
    outcomes = list(row.holds.values_list("outcome", flat=True))
    assert outcomes == ["passed", "returned", "passed", "passed", ""]


def test_what_assists_has_a_clock_of_its_own_beside(cast: Served) -> None:
    row = holds.ask_assistance(request=cast.ask(), unit="住建局", text="", by=cast.zhao.user)
    support = row.holds.get(is_support=True)
    holds.record_assistance(request=row, hold=support.pk, text="已出具意见书", by=cast.zhao.user)
    with pytest.raises(WrongState):
        passed = holds.pass_on(request=row, unit="环保局", text="", by=cast.zhao.user)
        holds.record_assistance(
            request=passed, hold=held(passed), text="已出具意见书", by=cast.zhao.user
        )


def test_more_time_once_before_the_due_day_and_one_level_up(cast: Served) -> None:
    row = cast.ask()
    ask = {"request": row, "reason": "需省级协调，五日不足", "by": cast.zhao.user}
    for days in (0, 99):
        with pytest.raises(Invalid):
            extensions.ask_extension(days=days, **ask)
    extensions.ask_extension(days=5, **ask)
    with pytest.raises(WrongState):
        extensions.ask_extension(days=5, **ask)
    grant = {"request": row, "granted": True, "text": "情况属实，同意"}
    with pytest.raises(NotPermitted):
        extensions.decide_extension(by=cast.zhao.user, **grant)
    before = again(row).finish
    done = extensions.decide_extension(by=cast.lead, **grant)
    assert (done.finish.days, done.finish.extended) == (before.days + 5, 5)
    assert done.finish.due_at > before.due_at
    with pytest.raises(WrongState):
        extensions.decide_extension(by=cast.lead, **grant)


def test_who_asked_does_not_grant_and_the_last_day_is_too_late(cast: Served) -> None:
    row = cast.ask()
    made_older(row, worked(4))
    days_left = clock_of(again(row), clock.now(), working_days()).left
    assert days_left == 1
    making.grant(cast.zhao.user, Role.SECRETARY_LEAD)
    extensions.ask_extension(request=row, days=2, reason="需省级协调", by=cast.zhao.user)
    with pytest.raises(NotPermitted):
        extensions.decide_extension(request=row, granted=True, text="同意延期", by=cast.zhao.user)
    late = cast.ask()
    made_older(late, worked(5))
    with pytest.raises(WrongState):
        extensions.ask_extension(request=late, days=2, reason="需省级协调", by=cast.zhao.user)


def test_each_rung_of_the_ladder_is_told_once(cast: Served) -> None:
    region = making.person("召集人", Role.REGIONAL_OFFICER, region=cast.siping)
    row = requests.reply(request=cast.ask(level="complex"), text="已转办理。", by=cast.zhao.user)
    told = []
    for used in (7, 8, 12, 15, 16, 18, 20, 25):
        made_older(again(row), worked(used) - (clock.today() - day_of(again(row).raised_at)).days)
        clocks.watch_clocks()
        clocks.watch_clocks()
        told.append(Escalation.objects.order_by("-pk").first())
    assert [step and step.rung for step in told] == [
        None, "half", "near", "near", "unit", "city", "province", "inquiry"
    ]  # fmt: skip
    assert Escalation.objects.count() == 6
    city = Message.objects.filter(kind="request.overdue_city")
    assert {m.recipient for m in city} == {cast.zhao.user, cast.lead, region}
    assert Event.objects.filter(action="request.escalate").count() == 6
    with pytest.raises(DatabaseError), transaction.atomic():
        Escalation.objects.update(overdue=0)


def heard(kind: str) -> set[User]:
    return {m.recipient for m in Message.objects.filter(kind=f"inquiry.{kind}")}


@pytest.mark.django_db(transaction=True)
def test_what_was_given_more_time_meanwhile_is_not_told_of() -> None:
    """Found as overdue, then held by whoever grants more time first."""
    cast = Served()
    row = requests.reply(request=cast.ask(), text="已转办理。", by=cast.zhao.user)
    extensions.ask_extension(request=row, days=5, reason="等待设备到货。", by=cast.zhao.user)
    with transaction.atomic():
        made_older(again(row), worked(6))
    grant = partial(
        extensions.decide_extension, request=row, granted=True, text="同意延期。", by=cast.lead
    )
    assert overtaken(grant, clocks.watch_clocks) == 0
    assert not Escalation.objects.exists()


def test_an_inquiry_opens_by_itself_and_names_the_step(cast: Served) -> None:
    region = making.person("召集人", Role.REGIONAL_OFFICER, region=cast.siping)
    row = holds.pass_on(request=cast.ask(), unit="供电公司", text="", by=cast.zhao.user)
    made_older(row, worked(16))
    clocks.watch_clocks()
    inquiry = OverdueInquiry.objects.get()
    assert inquiry.clock == "finish"
    assert heard("opened") == {cast.zhao.user, cast.lead}
    assert heard("opened_watch") == {cast.officer, region}
    assert [kinds.sort_of(f"inquiry.{kind}") for kind in ("opened", "opened_watch")] == [
        "act",
        "news",
    ]
    steps = Escalation.objects.filter(rung="inquiry").order_by("clock__kind")
    assert [sorted(step.told) for step in steps] == [
        sorted(user.name for user in heard("opened") | heard("opened_watch")), []
    ]  # fmt: skip
    assert (inquiry.request, inquiry.subject, inquiry.step) == (row, cast.zhao.user, "供电公司")
    assert inquiry.shares == [["四平市工信局", 0], ["供电公司", 16]]
    assert (inquiry.overdue, inquiry.step_days) == (11, 16)
    close: dict[str, Any] = {
        "inquiry": inquiry,
        "cause": "follow_up",
        "responsible": "四平市工信局",
        "finding": "at_fault",
        "measures": "约谈并限三日内办结。",
    }
    for by, refusal in ((cast.zhao.user, NotPermitted), (cast.owner, NotPermitted)):
        with pytest.raises(refusal):
            inquiries.close_inquiry(by=by, **close)
    inquiries.explain(inquiry=inquiry, text="未及时转办，已整改。", by=cast.zhao.user)
    making.grant(cast.zhao.user, Role.SECRETARY_LEAD)
    with pytest.raises(NotPermitted):
        inquiries.close_inquiry(by=type(cast.zhao.user).objects.get(pk=cast.zhao.user.pk), **close)
    done = inquiries.close_inquiry(by=cast.lead, **close)
    assert (done.finding, done.closed_by) == ("at_fault", cast.lead)
    assert heard("closed") == {cast.zhao.user, cast.officer, region}
    told = Message.objects.filter(kind="inquiry.closed").first()
    said = [kinds.render(told.kind, told.context, language).title for language in ("zh-hans", "en")]
    assert [title.split("：")[-1].split(": ")[-1] for title in said] == ["有责", "at fault"]
    with pytest.raises(DatabaseError), transaction.atomic():
        OverdueInquiry.objects.update(measures="无")


def test_an_answer_ends_the_pause_the_clocks_and_the_holds(cast: Served) -> None:
    row = cast.ask()
    pauses.pause_clock(request=row, reason="firm", evidence=EVIDENCE, by=cast.zhao.user)
    done = requests.answer(request=row, text="企业材料已补齐，办结。", by=cast.zhao.user)
    assert done.finish.stopped_at and done.response.stopped_at and done.finish.due_at
    assert list(row.holds.values_list("outcome", flat=True)) == ["answered"]


def test_what_is_answered_is_said_to_be_with_nobody(cast: Served) -> None:
    row, client = cast.ask(), client_of(cast.zhao.user)
    holds.pass_on(request=row, unit="自然资源局", text="", by=cast.zhao.user)
    said = []
    for _ in range(2):
        pages = [client.get(url("requests")), client.get(url("request", row.pk))]
        said.append(
            [
                t in p.content.decode()
                for p, t in zip(pages, ("现由自然资源局", "现在单位</dt>"), strict=True)
            ]
        )
        if again(row).status == "open":
            requests.answer(request=row, text="图审意见已出。", by=cast.zhao.user)
    assert said == [[True, True], [False, False]]


def test_a_request_is_due_then_late_and_then_offers_no_pause_and_no_more_time(cast: Served) -> None:
    row, client = cast.ask(), client_of(cast.zhao.user)
    path = url("request", row.pk)
    seen = []
    for used in (4, 5, 6):
        made_older(again(row), worked(used) - (clock.today() - day_of(again(row).raised_at)).days)
        found, page = clock_of(again(row), clock.now(), working_days()), client.get(path)
        seen.append(
            (found.left, found.near, found.late, {"pause", "extend"} & set(page.context["forms"]))
        )
    assert seen == [
        (1, True, False, {"pause", "extend"}),
        (0, True, False, {"pause"}),
        (0, False, True, set()),
    ]
    sent = {"act": "pause", "pause-reason": "firm", "pause-text": EVIDENCE}
    page = client.post(path, sent)  # from a page opened before
    assert (page.status_code, page.context["forms"]["pause"].is_bound) == (422, True)
    assert page.context["forms"]["pause"].errors


def test_what_was_due_on_a_friday_is_late_on_the_saturday() -> None:
    on_a_day(worked=False)
    cast = Served()
    row = cast.ask()
    made_older(row, worked(5))
    found = clock_of(again(row), clock.now(), working_days())
    assert (found.left, found.near, found.late) == (0, False, True)
    with pytest.raises(WrongState):
        pauses.pause_clock(request=row, reason="firm", evidence=EVIDENCE, by=cast.zhao.user)


def test_the_first_reply_stops_its_own_clock_only(cast: Served) -> None:
    row = requests.reply(request=cast.ask(), text="已转供电公司，三日内答复。", by=cast.zhao.user)
    row = again(row)
    assert row.response.stopped_at is not None
    assert (row.finish.stopped_at, row.status) == (None, "open")


def test_the_first_reply_climbs_the_same_ladder(cast: Served) -> None:
    """Three working days, warned at half and near the end, then up to an inquiry."""
    region = making.person("召集人", Role.REGIONAL_OFFICER, region=cast.siping)
    officer = cast.officer
    row, rungs = cast.ask(level="hard"), []
    for used in (1, 2, 3, 4, 6, 8, 13):
        made_older(again(row), worked(used) - (clock.today() - day_of(again(row).raised_at)).days)
        clocks.watch_clocks()
        clocks.watch_clocks()
        rungs.append(list(Escalation.objects.values_list("clock__kind", "rung")))
    assert [len(found) for found in rungs] == [0, 1, 2, 3, 4, 5, 6]
    ladder = ("half", "near", "unit", "city", "province", "inquiry")
    assert rungs[-1] == [("response", rung) for rung in ladder]
    told = {
        kind: set(
            Message.objects.filter(kind=f"request.reply_{kind}").values_list("recipient", flat=True)
        )
        for kind in ("half_used", "near_due", "overdue", "overdue_city", "overdue_province")
    }
    own, lead = cast.zhao.user.pk, cast.lead.pk
    assert told == {
        "half_used": {own},
        "near_due": {own},
        "overdue": {own, lead},
        "overdue_city": {own, lead, region.pk},
        "overdue_province": {own, lead, region.pk, officer.pk},
    }
    inquiry = OverdueInquiry.objects.get()
    assert (inquiry.clock, inquiry.overdue, inquiry.step) == ("response", 10, "四平市工信局")
    page = client_of(cast.lead).get(url("inquiry", inquiry.pk)).content.decode()
    assert "超期事项：初步答复" in page
    assert (
        "初步答复 · 超期：报单位负责人"
        in client_of(cast.zhao.user).get(url("request", row.pk)).content.decode()
    )


def test_a_reply_in_time_stops_its_ladder_for_good(cast: Served) -> None:
    row = requests.reply(request=cast.ask(level="hard"), text="已转办理。", by=cast.zhao.user)
    made_older(row, worked(12))
    assert clocks.watch_clocks() == 0
    assert not Escalation.objects.exists()


def test_who_signs_late_or_not_at_all_is_told_of_once(cast: Served) -> None:
    """To the secretary, the unit's head, the lead; the head opens the request."""
    head = making.person("刘局长", Role.REGIONAL_OFFICER, region=cast.siping)
    other = making.person("召集人", Role.REGIONAL_OFFICER, region=cast.siping)
    unit = making.organisation("四平市自然资源局", cast.siping, "authority")
    type(head).objects.filter(pk=head.pk).update(unit=unit)
    row = cast.ask(level="hard")
    requests.reply(request=row, text="已转办理。", by=cast.zhao.user)
    holds.pass_on(request=row, unit="四平市自然资源局", text="", by=cast.zhao.user)
    holds.ask_assistance(request=row, unit="供电公司", text="", by=cast.zhao.user)
    assert clocks.watch_clocks() == 0
    assert client_of(head).get(url("request", row.pk)).status_code == 404
    made_older(again(row), worked(3))
    late = row.holds.get(unit="供电公司")
    waiting = RequestHold.objects.filter(until=None, is_office=False)
    waiting.update(sign_due_at=late.sign_due_at - timedelta(days=4))
    holds.sign_for(request=row, hold=late.pk, name="王科长", by=cast.zhao.user)
    assert [clocks.watch_clocks(), clocks.watch_clocks()] == [2, 0]
    found = {e.hold.unit: (e.rung, set(e.told)) for e in Escalation.objects.all()}
    always = {cast.zhao.user.name, cast.lead.name}
    assert found == {
        "四平市自然资源局": ("sign", {*always, head.name}),
        "供电公司": ("sign", {*always, head.name, other.name}),
    }
    told = Message.objects.filter(kind="request.unsigned")
    assert told.count() == 3 + 4
    assert client_of(head).get(url("request", row.pk)).status_code == 200
    with pytest.raises(DatabaseError), transaction.atomic():
        Escalation.objects.create(clock=row.finish, rung="sign", at=clock.now())


def test_who_signs_in_time_is_not_told_of(cast: Served) -> None:
    row = holds.pass_on(request=cast.ask(level="hard"), unit="住建局", text="", by=cast.zhao.user)
    requests.reply(request=row, text="已转办理。", by=cast.zhao.user)
    holds.sign_for(request=row, hold=held(row), name="王科长", by=cast.zhao.user)
    made_older(row, worked(5))
    assert clocks.watch_clocks() == 0


def test_the_head_of_the_unit_that_has_it_hears_first_of_what_is_overdue(cast: Served) -> None:
    """The officer of another unit does not, nor opens it, until the city is told."""
    head = making.person("刘局长", Role.REGIONAL_OFFICER, region=cast.siping)
    other = making.person("召集人", Role.REGIONAL_OFFICER, region=cast.siping)
    unit = making.organisation("四平市自然资源局", cast.siping, "authority")
    type(head).objects.filter(pk=head.pk).update(unit=unit)
    row = requests.reply(request=cast.ask(), text="已转办理。", by=cast.zhao.user)
    holds.pass_on(request=row, unit=unit.name, text="", by=cast.zhao.user)
    holds.sign_for(request=row, hold=held(row), name="王科长", by=cast.zhao.user)
    told, seen = [], []
    for used in (6, 8):
        made_older(again(row), worked(used) - (clock.today() - day_of(again(row).raised_at)).days)
        clocks.watch_clocks()
        told.append(set(Escalation.objects.latest("pk").told))
        path = url("request", row.pk)
        seen.append([client_of(user).get(path).status_code for user in (head, other)])
    always = {cast.zhao.user.name, cast.lead.name, head.name}
    assert told == [always, {*always, other.name}]
    assert seen == [[200, 404], [200, 200]]


@pytest.mark.parametrize(
    ("days", "said"), [(1, "1 working day overdue"), (3, "3 working days overdue")]
)
def test_a_message_counts_in_the_reader_s_language(cast: Served, days: int, said: str) -> None:
    row = cast.ask()
    telling.request("overdue_city", row, [cast.lead], stamp="1", days=days, unit="—", name="—")
    told = Message.objects.get(kind="request.overdue_city")
    assert kinds.render(told.kind, told.context, "en").title == f"{row.number} is {said}"
    chinese = kinds.render(told.kind, told.context, "zh-hans").title
    assert chinese == f"{row.number} 已超期 {days} 个工作日"
