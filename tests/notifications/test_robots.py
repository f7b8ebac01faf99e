"""Robots of 企业微信 and 钉钉, against a real server."""

import base64
import hashlib
import hmac
import socket
from datetime import timedelta

import pytest

from accounts.roles import Role
from audit import clock
from notifications import carriage
from notifications.choices import Way
from notifications.models import Delivery, Outgoing
from tests.notifications.conftest import person
from tests.notifications.reaching import INBOX, carry, only, states, tell
from tests.racing import race

pytestmark = pytest.mark.django_db


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
