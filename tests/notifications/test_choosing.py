"""Who chooses what, and what a duty forbids."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import User
from audit.refusals import Invalid, NotPermitted
from config import environment
from notifications import choices, selectors, services
from notifications.choices import Pace, Way
from notifications.kinds import Sort
from notifications.models import Delivery, DigestLine
from tests.notifications.reaching import tell

pytestmark = pytest.mark.django_db


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
