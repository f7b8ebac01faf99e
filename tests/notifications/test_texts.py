"""Text messages by the gateway, against a real server."""

import pytest

from audit import clock
from notifications import services
from notifications.choices import Way
from notifications.models import Delivery
from tests.notifications.reaching import carry, only, tell

pytestmark = pytest.mark.django_db


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
