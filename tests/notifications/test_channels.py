"""Robots and text messages against a real server; who chooses what, and what a duty forbids."""

import base64
import hashlib
import hmac
import socket
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit import clock
from audit.refusals import Invalid, NotPermitted
from config import environment
from notifications import carriage, choices, digests, selectors, services
from notifications.choices import Pace, Way
from notifications.kinds import Sort
from notifications.models import Delivery, DigestLine, Job, Message, Outgoing
from tests.notifications.conftest import person
from tests.notifications.listeners import listening
from tests.racing import race

pytestmark = pytest.mark.django_db
INBOX = "http://127.0.0.1:8000/inbox/"


@pytest.fixture
def robot(settings):
    """A server that 企业微信, 钉钉 and the gateway are configured at."""
    with listening() as listener:
        settings.WECOM_URL = f"{listener.url}/cgi-bin/webhook/send?key=wecom-secret"
        settings.DINGTALK_URL = f"{listener.url}/robot/send?access_token=ding-secret"
        settings.DINGTALK_SECRET = "SEC000"
        settings.SMS_URL = f"{listener.url}/sms"
        settings.SMS_TOKEN = "gateway-secret"
        yield listener


@pytest.fixture
def qin(db):
    """秦 is an officer with a telephone, who takes no mail."""
    return person("qin", "zh-hans", Role.PROGRAMME_OFFICER, name="秦项目", mobile="+8613800138000")


def only(user, way, *, mobile=None, **paces):
    """The person gets everything by this channel beside the inbox, and nothing by mail."""
    user.reach = {f"{sort}.email": "none" for sort in Sort} | {
        f"{sort}.{way}": "each" for sort in Sort
    }
    user.reach |= {name.replace("_", "."): pace for name, pace in paces.items()}
    if mobile is not None:
        user.mobile = mobile
    user.save()
    return user


def tell(key, *people, kind="probe.told"):
    services.notify(
        kind=kind,
        recipients=people,
        key=key,
        context={"number": 7, "amount": "1", "place": "x"},
        url="/inbox/",
    )


def carry():
    return carriage.carry_deliveries(Delivery.objects.order_by("pk").values_list("pk", flat=True))


def states():
    rows = Delivery.objects.order_by("pk").values_list("channel", "state", "attempts", "error")
    return [tuple(row) for row in rows]


# --- robots ----------------------------------------------------------------


def test_wecom_posts_text_that_calls_the_person(robot, qin):
    tell("a", only(qin, Way.WECOM))
    carry()
    (posted,) = robot.posted
    assert (posted.path, posted.query) == ("/cgi-bin/webhook/send", {"key": ["wecom-secret"]})
    assert posted.headers["Content-Type"] == "application/json; charset=utf-8"
    assert posted.body == {
        "msgtype": "text",
        "text": {
            "content": f"公平秤\n秦项目：有一条新消息，请登录系统查看。\n{INBOX}",
            "mentioned_mobile_list": ["13800138000"],
        },
    }
    assert states() == [("wecom", "done", 1, "")]


def test_wecom_posts_markdown_where_there_is_no_number(robot, qin):
    tell("a", only(qin, Way.WECOM, mobile=""), kind="probe.asked")
    carry()
    content = f"### 公平秤\n**秦项目**：有一项待办，请登录系统办理。\n[打开消息]({INBOX})"
    assert robot.posted[0].body == {"msgtype": "markdown", "markdown": {"content": content}}


def test_dingtalk_posts_markdown_to_a_signed_address(robot, qin, monkeypatch):
    tell("a", only(qin, Way.DINGTALK))
    before = clock.now()
    carry()
    (posted,) = robot.posted
    stamp = posted.query["timestamp"][0]
    assert before <= _instant(stamp) + timedelta(milliseconds=1)
    assert _instant(stamp) <= clock.now() + timedelta(milliseconds=1)
    digest = hmac.new(b"SEC000", f"{stamp}\nSEC000".encode(), hashlib.sha256).digest()
    assert posted.query == {
        "access_token": ["ding-secret"],
        "timestamp": [stamp],
        "sign": [base64.b64encode(digest).decode()],
    }
    text = (
        "### 公平秤\n\n**秦项目**：有一条新消息，请登录系统查看。 @13800138000\n\n"
        f"[打开消息]({INBOX})"
    )
    assert posted.body == {
        "msgtype": "markdown",
        "markdown": {"title": "公平秤", "text": text},
        "at": {"atMobiles": ["13800138000"], "isAtAll": False},
    }


def _instant(milliseconds):
    return clock.now().fromtimestamp(int(milliseconds) / 1000, clock.SHANGHAI)


def test_a_name_is_no_markdown(robot, qin):
    qin.name = "[秦](x)*"
    tell("a", only(qin, Way.WECOM, mobile=""))
    carry()
    assert r"**\[秦\]\(x\)\***" in robot.posted[0].body["markdown"]["content"]


@pytest.mark.parametrize(
    ("status", "data", "error"),
    [
        (200, {"errcode": 310000, "errmsg": "no match"}, "HTTP 200, errcode 310000: no match"),
        (200, {"errcode": 93000, "errmsg": "invalid"}, "HTTP 200, errcode 93000: invalid"),
        (500, "<html>", "HTTP 500, errcode None: "),
        (200, "ok", "HTTP 200, errcode None: "),
        (200, ["ok"], "HTTP 200, errcode None: "),
    ],
)  # fmt: skip
def test_whatever_is_not_errcode_0_is_a_failure_and_tried_again(robot, qin, status, data, error):
    tell("a", only(qin, Way.DINGTALK))
    robot.answer(status, data)
    before = clock.now()
    carry()
    assert states() == [("dingtalk", "pending", 1, f"NotTaken: {error}")]
    pause = Delivery.objects.get().due_at - before
    assert timedelta(seconds=10) <= pause < timedelta(seconds=15)
    robot.answer(200, {"errcode": 0})
    carry()
    assert states() == [("dingtalk", "done", 2, "")]


@pytest.mark.parametrize(
    ("way", "code", "rest"),
    [(Way.WECOM, 45009, 60), (Way.DINGTALK, 130101, 600), (Way.DINGTALK, 410100, 600)],
)
def test_a_robot_that_is_posted_to_too_often_is_left_alone_for_its_rest(
    robot, qin, way, code, rest
):
    tell("a", only(qin, way))
    robot.answer(200, {"errcode": code, "errmsg": "too fast"})
    before = clock.now()
    carry()
    pause = (Delivery.objects.get().due_at - before).total_seconds()
    assert rest <= pause < rest + 5
    assert states() == [(way, "pending", 1, f"Later: HTTP 200, errcode {code}: too fast")]


def test_a_redirect_is_not_followed_and_no_error_tells_the_secret(robot, qin, settings):
    tell("a", only(qin, Way.WECOM))
    robot.answer(302, {}, Location=f"{robot.url}/elsewhere")
    carry()
    assert [posted.path for posted in robot.posted] == ["/cgi-bin/webhook/send"]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.WECOM_URL = f"http://127.0.0.1:{port}/?key=wecom-secret"
    carry()
    assert states() == [("wecom", "pending", 2, "NotTaken: no answer: ConnectionRefusedError")]


def test_twenty_a_minute_are_posted_and_the_rest_wait_uncounted(robot, qin):
    only(qin, Way.WECOM)
    for number in range(23):
        tell(f"m{number}", qin)
    before = clock.now()
    carry()
    assert len(robot.posted) == 20
    waiting = Delivery.objects.filter(state=Outgoing.PENDING)
    assert set(waiting.values_list("attempts", "tried_at", "error")) == {(0, None, "")}
    pauses = [(row.due_at - before).total_seconds() for row in waiting]
    assert len(pauses) == 3
    assert all(60 <= pause < 70 for pause in pauses)
    Delivery.objects.filter(state=Outgoing.DONE).update(tried_at=before - timedelta(seconds=62))
    carry()
    assert len(robot.posted) == 23
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_post_by_turns_and_never_too_many(robot, qin):
    only(qin, Way.DINGTALK)
    for number in range(30):
        tell(f"m{number}", qin)
    numbers = list(Delivery.objects.values_list("pk", flat=True))

    def work():
        for _again in range(4):
            carriage.carry_deliveries(numbers)

    assert race([work] * 4) == [None] * 4
    assert len(robot.posted) == 20
    assert Delivery.objects.filter(state=Outgoing.DONE).count() == 20


def test_a_group_hears_nothing_of_experts_firms_or_those_who_left(robot, qin, lin):
    expert = person("yan", "zh-hans", Role.EXPERT)
    tell("a", only(lin, Way.WECOM), only(expert, Way.WECOM))
    carry()
    assert robot.posted == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


# --- text messages ---------------------------------------------------------


def test_a_text_message_is_posted_with_its_key_and_the_gateways_token(robot, qin):
    tell("a", only(qin, Way.SMS))
    robot.answer(202, {})
    carry()
    (posted,) = robot.posted
    assert (posted.path, posted.headers["Authorization"]) == ("/sms", "Bearer gateway-secret")
    assert posted.body == {
        "id": f"a:{qin.pk}:sms",
        "to": "+8613800138000",
        "language": "zh-hans",
        "text": "Probe 7。请登录公平秤查看。",
    }


def test_a_text_message_never_tells_a_secret_and_is_cut(robot, qin, reed):
    tell("a", only(qin, Way.SMS), kind="probe.secret")
    services.notify(
        kind="probe.told",
        recipients=[only(reed, Way.SMS, mobile="+4915112345678")],
        key="b",
        context={"number": "9" * 300, "amount": "1", "place": "x"},
        url="",
    )
    carry()
    secret, long = (posted.body["text"] for posted in robot.posted)
    assert secret == "您有一条保密消息。请登录公平秤查看。"
    end = "…. Sign in to Steelyard to see it."
    assert long == f"Probe {'9' * (160 - len(end) - 6)}{end}"


@pytest.mark.parametrize(
    ("status", "after", "state", "pause"),
    [(200, "", "done", None), (409, "", "done", None), (429, "90", "pending", 90),
     (429, "soon", "pending", 60), (400, "", "pending", 10), (503, "", "pending", 10)],
)  # fmt: skip
def test_the_gateways_answers(robot, qin, status, after, state, pause):
    tell("a", only(qin, Way.SMS))
    robot.answer(status, {}, **({"Retry_After": after} if after else {}))
    before = clock.now()
    carry()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (state, 1)
    if pause is not None:
        assert pause <= (row.due_at - before).total_seconds() < pause + 5


# --- choosing --------------------------------------------------------------


def chosen(**paces):
    names = {f"{sort}_{way}": (sort, way) for sort in Sort for way in Way}
    return {names[name]: Pace(pace) for name, pace in paces.items()}


def choose(user, mobile="", **paces):
    return services.choose(user=user, chosen=chosen(**paces), mobile=mobile, by=user)


def test_without_a_choice_everything_is_in_the_inbox_and_the_mail(robot, qin):
    tell("a", qin)
    tell("b", qin, kind="probe.asked")
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["email", "email"]
    assert selectors.unread_count(qin) == 2


def test_each_sort_goes_where_it_was_chosen_to_go(robot, qin):
    user = choose(
        qin,
        "+8613800138000",
        act_email="none",
        act_sms="each",
        news_email="daily",
        news_inbox="none",
    )
    tell("a", user)
    tell("b", user, kind="probe.asked")
    rows = Delivery.objects.order_by("pk").values_list("message__kind", "channel")
    assert list(rows) == [("probe.asked", "sms")]
    assert list(DigestLine.objects.values_list("message__kind", flat=True)) == ["probe.told"]
    assert selectors.unread_count(user) == 1


@pytest.mark.parametrize("sort", ["act", "reminder"])
def test_what_is_duty_stays_in_the_inbox_whoever_says_otherwise(robot, qin, sort):
    for pace in ("none", "daily"):
        with pytest.raises(Invalid):
            choose(qin, **{f"{sort}_inbox": pace})
    choose(qin, **{f"{sort}_inbox": "each"})
    assert User.objects.get(pk=qin.pk).reach == {}
    with (
        pytest.raises(IntegrityError, match="duties_are_always_in_the_inbox"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE accounts_user SET reach = %s", [f'{{"{sort}.inbox": "none"}}'])


def test_only_what_is_offered_is_chosen_and_only_for_oneself(robot, qin, lin, settings):
    with pytest.raises(NotPermitted):
        services.choose(user=qin, chosen={}, mobile="", by=lin)
    with pytest.raises(Invalid):
        choose(lin, news_wecom="each")  # of no office
    with pytest.raises(Invalid):
        choose(qin, news_sms="each")  # without a number
    with pytest.raises(Invalid):
        choose(qin, "110")
    settings.SMS_URL = ""
    with pytest.raises(Invalid):
        choose(qin, "+8613800138000", news_sms="each")
    assert choices.offered(qin) == (Way.INBOX, Way.EMAIL, Way.WECOM, Way.DINGTALK)
    assert choices.offered(lin) == (Way.INBOX, Way.EMAIL)


def test_the_page_keeps_what_is_chosen(client, robot, qin):
    client.force_login(qin)
    url = reverse("notifications:choices")
    page = client.get(url).content.decode()
    assert 'name="act-inbox"' not in page
    assert 'name="reminder-inbox"' not in page
    every = {f"{s}-{w}": "none" for s in Sort for w in ("email", "sms", "wecom", "dingtalk")}
    answers = every | {"news-inbox": "none", "act-sms": "each", "mobile": "138 0013-8000"}
    assert client.post(url, answers).status_code == 302
    qin.refresh_from_db()
    assert qin.mobile == "+8613800138000"
    assert qin.reach == {
        name.replace("-", "."): p for name, p in answers.items() if name != "mobile"
    }
    refused = client.post(url, answers | {"mobile": "110"})
    assert (refused.status_code, "+86" in refused.content.decode()) == (200, True)
    assert client.post(url, {"act-sms": "often"}).status_code == 200


def test_secrets_are_posted_by_https_or_on_this_machine(monkeypatch):
    for text in ("https://oapi.dingtalk.com/robot/send?access_token=x", "http://127.0.0.1:9/x", ""):
        monkeypatch.setenv("STEELYARD_SMS_URL", text)
        assert environment.address("STEELYARD_SMS_URL") == text
    for text in ("http://gateway.example/?key=hidden", "ftp://x/hidden", "hidden"):
        monkeypatch.setenv("STEELYARD_SMS_URL", text)
        with pytest.raises(ImproperlyConfigured) as refused:
            environment.address("STEELYARD_SMS_URL")
        assert "hidden" not in str(refused.value)


# --- the mail of the day ---------------------------------------------------


@pytest.fixture
def gathered(lin, reed, mail_dir):
    """Two who get their news by one mail a day, three messages each."""
    for user in (lin, reed):
        user.reach = {"news.email": "daily"}
        user.save()
    for number in range(3):
        tell(f"m{number}", lin, reed)
    return mail_dir


def run_jobs():
    for job in Job.objects.filter(task=digests.TASK, state=Outgoing.PENDING):
        carriage.run_job(job.pk, digests.deliver)


def test_a_mail_of_the_day_tells_each_message_once(gathered, lin, reed):
    assert Delivery.objects.count() == 0
    assert (digests.ask_all(), digests.ask_all()) == (2, 2)
    run_jobs()
    tell("late", lin)
    assert digests.ask_all() == 1  # the day's mail is out: it waits for the next
    run_jobs()
    assert len(list(gathered.glob("*.eml"))) == 2
    assert DigestLine.objects.filter(sent_at=None).count() == 1
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_mail_of_the_day_is_in_the_persons_language(gathered, lin):
    rows = list(Message.objects.filter(recipient=lin).order_by("pk"))
    mail = digests.compose(lin, rows, "digest:1")
    assert mail.subject == "今日消息汇总（3条）"
    assert mail.message()["Message-ID"] == "<digest.1@127.0.0.1>"
    first, *parts, change, _end = mail.body.split("\n\n")
    assert first == "林晓："
    assert [part.split("（")[0] for part in parts] == ["· Probe 7"] * 3
    assert parts[0].endswith(f"\n  {INBOX}")
    assert change.endswith("http://127.0.0.1:8000/profile/messages/")


def test_a_server_that_takes_nothing_loses_no_line(gathered, lin, settings):
    digests.ask_all()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    run_jobs()
    assert DigestLine.objects.filter(sent_at=None).count() == 6
    settings.EMAIL_BACKEND = "notifications.mail.FileBackend"
    run_jobs()
    assert DigestLine.objects.filter(sent_at=None).count() == 0
    assert len(list(gathered.glob("*.eml"))) == 2


def test_a_mail_of_the_day_sent_again_is_the_same_unless_it_tells_more(gathered, lin):
    key = f"digest:{lin.pk}:2026-05-28"
    for more in (False, False, True):  # as of a worker that died before its note
        if more:
            tell("late", lin)
        digests.deliver(person=lin.pk, key=key)
        DigestLine.objects.update(sent_at=None)
    told = [message_from_bytes(f.read_bytes())["Message-ID"] for f in gathered.glob("*.eml")]
    lines = DigestLine.objects.filter(message__recipient=lin).order_by("pk")
    ends = [line.pk for line in lines][2:]
    assert sorted(told) == [f"<digest.{lin.pk}.2026-05-28.{end}@127.0.0.1>" for end in ends]


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_send_one_mail_each(gathered, lin, reed):
    assert race([digests.ask_all] * 4) == [2] * 4
    assert race([run_jobs] * 4) == [None] * 4
    assert len(list(gathered.glob("*.eml"))) == 2
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_the_round_of_mails_is_made_once_a_day(gathered, monkeypatch):
    morning = clock.now().astimezone(clock.SHANGHAI).replace(hour=8, minute=20)
    found = []
    for minutes in (0, 10, 20, 24 * 60 + 11):
        instant = morning + timedelta(minutes=minutes)
        monkeypatch.setattr(digests.clock, "now", lambda at=instant: at)
        found.append(digests.ask_this_morning())
    assert found == [None, 2, None, 2]
