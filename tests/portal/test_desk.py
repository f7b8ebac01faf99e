"""The workbench, the search, the trail and the reminders."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.roles import Role
from accounts.services.roles import revoke_grant
from accounts.waiting import WaitingItem
from applications.models import Call, CallStatus
from applications.stages import current_stage, rail
from applications.workflow import Status
from audit import clock
from audit.models import Event
from audit.refusals import NotPermitted
from audit.services import record
from notifications.models import Job, Message
from portal import tasks
from portal.selectors import desk, finding, waiting
from portal.services import reminders
from portal.services.verification import TASK, request_verification, run_verification
from tests import making
from tests.portal import published

pytestmark = pytest.mark.django_db

CAST = (
    *("applicant", "region", "officer", "expert", "supervisor", "approver", "finance"),
    *("secretary", "lead", "sysadmin", "secadmin", "auditor"),
)


@pytest.fixture
def person_of(request):
    return request.getfixturevalue


# --- workbench -------------------------------------------------------------


@pytest.mark.parametrize("name", CAST)
def test_everybody_has_a_workbench_with_the_own_boards(name, person_of, client_of):
    own = {
        "applicant": ["dossiers", "open_calls"],
        "region": ["calls"],
        "officer": ["calls", "envelopes"],
        "expert": ["reviews"],
        "supervisor": ["calls", "envelopes", "draws", "log"],
        "approver": ["calls", "envelopes"],
        "finance": ["calls", "envelopes", "instalments"],
        "secretary": ["projects"],
        "lead": ["coverage"],
        "sysadmin": ["people", "outbox"],
        "secadmin": ["grants"],
        "auditor": ["log"],
    }
    person = person_of(name)
    assert [b.name for b in desk.boards_for(person, clock.now())] == own[name]
    assert client_of(person).get(reverse("portal:workbench")).status_code == 200


def test_a_visitor_signs_in_first(client):
    for name in ("workbench", "search", "trail", "verification"):
        page = client.get(reverse(f"portal:{name}"))
        assert (page.status_code, page["Location"].startswith("/accounts/login/")) == (302, True)


def test_every_workbench_asks_the_same_for_3_and_60(
    person_of, client_of, officer, firm, django_assert_max_num_queries
):
    people = {name: client_of(person_of(name)) for name in CAST}
    asked = []
    for count in (3, 60):
        call = making.call(officer)
        for n in range(count):
            making.dossier(call, firm, title=f"项目{count}-{n}")
        seen = {}
        for name, browser in people.items():
            with django_assert_max_num_queries(15) as queries:
                assert browser.get(reverse("portal:workbench")).status_code == 200
            seen[name] = len(queries)
        asked.append(seen)
    assert asked[0] == asked[1]


def test_a_region_counts_only_its_own_dossiers(region, region2, officer):
    here, there = making.region("220581"), making.region("220500")
    call = making.call(officer)
    making.dossier(call, making.firm("梅河口某公司", here, making.person("甲")))
    making.dossier(call, making.firm("通化某公司", there, making.person("乙")))
    board = desk.boards_for(region, clock.now())[0]
    assert [row["total"] for row in board.context["rows"]] == [1]


def test_a_firm_reads_under_review_until_results_are_out(applicant, firm, officer):
    call = making.call(officer, status=CallStatus.DECIDED)
    making.dossier(call, firm, status=Status.RESERVE)
    board = desk.boards_for(applicant, clock.now())[0]
    assert [row["status"] for row in board.context["rows"]] == [Status.UNDER_REVIEW]


def test_what_waits_is_ordered_overdue_then_nearest_then_undated():
    now = clock.now()
    late = WaitingItem("late", "", "/", due=now - timedelta(days=1), late=True)
    soon = WaitingItem("soon", "", "/", due=now + timedelta(hours=1))
    later = WaitingItem("later", "", "/", due=now + timedelta(days=9))
    some = WaitingItem("some day", "", "/")
    assert waiting.in_order([some, later, soon, late]) == [late, soon, later, some]


def test_every_app_that_has_something_to_say_is_asked():
    written = {app for app in settings.APPS if (settings.BASE_DIR / app / "waiting.py").exists()}
    assert {source.__module__ for source in waiting.SOURCES} == {
        f"{app}.waiting" for app in written
    }


# --- stages -------------------------------------------------------------


def test_the_rail_follows_the_call(officer):
    now = clock.now()
    call = making.call(officer)
    seen = {}
    for status in CallStatus:
        call.status = status
        seen[status] = current_stage(call, now)
        assert len(rail(call, now)) == 9 + (status == CallStatus.HEARING)
    assert seen == {
        "draft": "",
        "proposed": "",
        "published": "apply",
        "screened": "draw",
        "in_review": "score",
        "hearing": "hearing",
        "scored": "rank",
        "ranked": "decide",
        "decided": "notice",
        "on_notice": "notice",
        "awarded": "agree",
        "closed": "over",
    }
    call.status = CallStatus.PUBLISHED
    assert current_stage(call, call.opens_at - timedelta(seconds=1)) == ""
    assert current_stage(call, call.closes_at) == "screen"
    assert [s.state for s in rail(call, call.closes_at)][:3] == ["past", "now", "next"]


def test_the_board_tells_the_hearing_and_its_deadline(officer):
    now, call = clock.now(), making.call(officer)
    Call.objects.filter(pk=call.pk).update(status=CallStatus.HEARING, scoring_due_at=now)
    with translation.override("en"):
        [row] = desk.boards_for(officer, now)[0].context["rows"]
        assert (str(row["stage"]), row["due"]) == ("Hearing", now)


# --- search -------------------------------------------------------------


def found(user, text):
    return {group.kind: [hit.title for hit in group.hits] for group in finding.find(user, text)}


def test_everybody_finds_only_what_they_may_open(
    applicant, applicant2, firm, region, region2, officer, expert, auditor, sysadmin
):
    making.dossier(making.call(officer), firm, title="松籽仁精深加工")
    hit = {"dossiers": ["松籽仁精深加工"]}
    assert found(applicant, "松籽") == hit
    assert found(officer, "松籽") == hit
    assert found(region, "松籽") == hit
    for other in (applicant2, region2, expert, auditor, sysadmin):
        assert found(other, "松籽") == {}
    assert found(officer, "松") == {}


def test_a_draft_is_found_by_its_firm_alone(applicant, firm, officer, region):
    making.dossier(making.call(officer), firm, title="未提交的草稿", status=Status.DRAFT)
    assert found(applicant, "未提交") == {"dossiers": ["未提交的草稿"]}
    assert found(officer, "未提交") == {}
    assert found(region, "未提交") == {}


def test_administrators_find_people_and_others_do_not(sysadmin, applicant, officer):
    assert list(found(sysadmin, applicant.username)) == ["people"]
    assert found(officer, applicant.username) == {}


def test_odd_searches_are_answered(client_of, officer):
    for text in ("", " ", "%%", "'; drop table", "\x00ab", "💥💥", "a" * 500):
        page = client_of(officer).get(reverse("portal:search"), {"q": text})
        assert page.status_code == 200


# --- trail -------------------------------------------------------------


@pytest.mark.parametrize("name", CAST)
def test_the_trail_is_the_supervisors_and_the_audit_administrators(name, person_of, client_of):
    browser = client_of(person_of(name))
    event = Event.objects.order_by("id").first()
    pages = [
        browser.get(reverse("portal:trail")),
        browser.get(reverse("portal:event", args=[event.pk])),
        browser.get(reverse("portal:verification")),
        browser.post(reverse("portal:verification")),
    ]
    wanted = [200, 200, 200, 302] if name in ("supervisor", "auditor") else [403] * 4
    assert [page.status_code for page in pages] == wanted


def test_business_facts_are_hidden_from_the_audit_administrator(
    client_of, supervisor, auditor, officer, firm
):
    made = making.dossier(making.call(officer), firm, title="松籽仁精深加工")
    event = record(
        action="application.submit",
        obj=made,
        by=officer,
        reason="私密理由",
        before={"note": "旧"},
        after={"note": "新"},
    )
    url = reverse("portal:event", args=[event.pk])
    told = client_of(supervisor).get(url).content.decode()
    assert all(words in told for words in ("松籽仁精深加工", "私密理由", "旧", "新"))
    veiled = client_of(auditor).get(url).content.decode()
    assert not any(words in veiled for words in ("松籽仁精深加工", "私密理由"))
    assert "松籽仁精深加工" not in client_of(auditor).get(reverse("portal:trail")).content.decode()


def test_the_filters_narrow_and_nonsense_is_said(client_of, supervisor):
    browser, url = client_of(supervisor), reverse("portal:trail")
    page = browser.get(url, {"action": "role.confirm"})
    assert {row.action for row in page.context["rows"]} == {"role.confirm"}
    page = browser.get(url, {"first_day": "2026-02-31", "person": "x"})
    assert page.status_code == 200
    assert page.context["form"].errors["first_day"]
    assert browser.get(url, {"page": "zzz", "action": "nope"}).status_code == 200
    assert browser.get(reverse("portal:event", args=[999999999])).status_code == 404


def test_the_trail_asks_the_same_for_3_and_60(
    client_of, supervisor, officer, django_assert_max_num_queries
):
    browser, url = client_of(supervisor), reverse("portal:trail")
    asked = []
    for count in (3, 60):
        for n in range(count):
            record(action="probe.done", obj=None, by=officer, reason=str(n))
        with django_assert_max_num_queries(12) as seen:
            assert browser.get(url, {"action": "probe.done"}).status_code == 200
        asked.append(len(seen))
    assert asked[0] == asked[1]


def test_a_verification_is_kept_as_an_event(supervisor, officer):
    outcome = run_verification(by=supervisor)
    assert (outcome.action, outcome.target, outcome.after["findings"]) == (
        "audit.verify",
        "holds",
        0,
    )
    with pytest.raises(NotPermitted):
        run_verification(by=officer)


def test_a_broken_row_is_named_on_the_page(client_of, supervisor, officer, approver):
    published.noticed_call(officer, approver, 1)
    # made behind the services' back: submissions without an event, states without a step
    browser, url = client_of(supervisor), reverse("portal:verification")
    page = browser.post(url, follow=True)
    assert (page.context["last"], page.context["job"].state) == (None, "pending")
    tasks.verify(page.context["job"].pk)
    page = browser.get(url)
    assert (page.context["last"].target, page.context["job"].state) == ("broken", "done")
    lines = page.context["last"].after["lines"]
    assert lines
    assert lines[0] in page.content.decode()


def test_one_verification_waits_at_a_time(supervisor, auditor, officer):
    for by in (supervisor, auditor, supervisor):
        request_verification(by=by)
    job = Job.objects.get(task=TASK)
    assert job.payload == {"by": supervisor.pk}
    tasks.verify(job.pk)
    request_verification(by=auditor)
    assert Job.objects.filter(task=TASK).count() == 2
    with pytest.raises(NotPermitted):
        request_verification(by=officer)


def test_who_no_longer_reads_the_log_gets_no_verification(client_of, supervisor, secadmin):
    request_verification(by=supervisor)
    revoke_grant(grant=supervisor.grants.get(), reason="转岗", by=secadmin)
    tasks.verify(Job.objects.get(task=TASK).pk)
    assert Job.objects.get(task=TASK).state == "done"
    assert not Event.objects.filter(action="audit.verify").exists()


def test_a_verification_that_was_given_up_is_said_and_may_be_asked_for_again(client_of, supervisor):
    browser, url = client_of(supervisor), reverse("portal:verification")
    browser.post(url)
    Job.objects.filter(task=TASK).update(state="dead")
    assert "校验多次未能完成" in browser.get(url).content.decode()
    assert "正在校验" in browser.post(url, follow=True).content.decode()


# --- reminders -------------------------------------------------------------


MORNING = datetime(2026, 6, 1, 8, 30, tzinfo=clock.SHANGHAI)  # a Monday; Friday 19 June is off


def recalled(monkeypatch, user, items, mornings):
    """What each morning's round told this person whom these items wait for: titles with days."""
    told = []
    monkeypatch.setattr(
        reminders, "waiting_for", lambda who, now: items if who.pk == user.pk else []
    )
    for morning in mornings:
        monkeypatch.setattr(reminders.clock, "now", lambda at=morning: at)
        before = set(Message.objects.values_list("pk", flat=True))
        reminders.remind_all()
        reminders.remind_all()
        new = Message.objects.exclude(pk__in=before).order_by("pk")
        told.append([f"{m.context['title']} {m.context['left']['zh']}" for m in new])
    return told


def mornings(count):
    return [MORNING + timedelta(days=n) for n in range(count)]


def test_each_step_before_a_deadline_is_told_once(monkeypatch, officer):
    due = datetime(2026, 6, 15, 17, 0, tzinfo=clock.SHANGHAI)
    item = WaitingItem("打开评审", "", "/x/", due=due)
    told = recalled(monkeypatch, officer, [item], mornings(16))
    assert {n: words for n, words in enumerate(told) if words} == {
        0: ["打开评审 距到期还有14天。"],
        7: ["打开评审 距到期还有7天。"],
        12: ["打开评审 距到期还有2天。"],
        13: ["打开评审 距到期还有1天。"],
    }


def test_working_days_are_counted_where_the_limit_is_counted_in_them(monkeypatch, officer):
    due = datetime(2026, 6, 22, 23, 59, tzinfo=clock.SHANGHAI)
    item = WaitingItem("答复异议", "", "/x/", due=due, working_days=True)
    told = recalled(monkeypatch, officer, [item], mornings(22))
    assert {n: words for n, words in enumerate(told) if words} == {
        0: ["答复异议 距到期还有14个工作日。"],
        9: ["答复异议 距到期还有7个工作日。"],
        16: ["答复异议 距到期还有2个工作日。"],
        17: ["答复异议 距到期还有1个工作日。"],
    }


def test_a_morning_without_a_round_is_made_up_for_but_nothing_is_early_or_late(
    monkeypatch, officer
):
    def due(days):
        return MORNING + timedelta(days=days, hours=9)

    items = [
        WaitingItem("晚一天", "", "/a/", due=due(13)),
        WaitingItem("新来的", "", "/b/", due=due(5)),
        WaitingItem("今天", "", "/c/", due=due(0)),
        WaitingItem("已经超期", "", "/d/", due=MORNING - timedelta(days=1), late=True),
        WaitingItem("没有期限", "", "/e/"),
        WaitingItem("一席", "", "/f/", due=due(2), part="1"),
        WaitingItem("另一席", "", "/f/", due=due(2), part="2"),
    ]
    assert recalled(monkeypatch, officer, items, [MORNING]) == [
        [
            "晚一天 距到期还有13天。",
            "今天 今天是最后一天。",
            "一席 距到期还有2天。",
            "另一席 距到期还有2天。",
        ]
    ]


def test_a_date_that_moves_is_told_again(monkeypatch, officer):
    for hours, told in ((9, 1), (9, 0), (12, 1)):
        item = WaitingItem("打开评审", "", "/x/", due=MORNING + timedelta(days=1, hours=hours))
        assert [len(n) for n in recalled(monkeypatch, officer, [item], [MORNING])] == [told]


def test_the_morning_round_is_made_once_a_day_and_not_before_eight(monkeypatch, officer):
    rounds, hours = [], (-1, 0, 1, 23, 24)
    monkeypatch.setattr(reminders, "remind_all", lambda: rounds.append(1) or 7)
    for hour in hours:
        monkeypatch.setattr(reminders.clock, "now", lambda h=hour: MORNING + timedelta(hours=h))
        rounds.append(reminders.remind_this_morning())
    assert rounds == [None, 1, 7, None, None, 1, 7]


def test_nobody_without_duties_is_looked_at(db):
    idle = making.person("闲人")
    busy = making.person("忙人", Role.EXPERT)
    people = set(reminders.people_with_duties())
    assert busy in people
    assert idle not in people


def test_reminders_run_over_the_real_waiting_lists(applicant, officer, expert, supervisor):
    assert reminders.remind_all() >= 0
