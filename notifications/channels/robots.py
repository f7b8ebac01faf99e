"""Robots of an office's group chat: 企业微信 and 钉钉.

Everybody in the group reads what a robot says. So it says only that a message waits for whom,
never what it is about, and only for people of the office; the link leads to the inbox. Neither
knows a message by a key: one whose answer is lost on its way is posted again.

企业微信: https://developer.work.weixin.qq.com/document/path/91770
钉钉: https://open.dingtalk.com/document/robots/custom-robot-access
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from audit import clock
from notifications import choices
from notifications.channels.base import Later, absolute
from notifications.channels.web import NotTaken, post
from notifications.choices import Way
from notifications.kinds import Sort, sort_of
from notifications.models import Delivery

A_MINUTE: Final = 20
"""Posts a minute that either robot takes."""

MINUTE: Final = timedelta(seconds=61)
TURN: Final = timedelta(seconds=3)


class _Robot:
    """What both have in common: turns, the pace, the words, the code they answer."""

    way: ClassVar[Way]
    throttled: ClassVar[frozenset[int]]  # codes that say: too many posts
    rest: ClassVar[timedelta]  # how long one is not heard after them

    def send(self, delivery: Delivery) -> None:
        user = delivery.message.recipient
        if not choices.is_of_the_office(user):
            return  # left the office since: the inbox has it
        self._take_turn(delivery)
        with override(user.language):
            body = self.body(user, sort_of(delivery.message.kind))
        answer = post(self.address(clock.now()), body)
        code = answer.data.get("errcode")
        if answer.status == 200 and code == 0:
            return
        said = f"HTTP {answer.status}, errcode {code}: {answer.data.get('errmsg', '')}"
        if code in self.throttled or answer.status == 429:
            raise Later(max(self.rest, timedelta(seconds=answer.retry_after)), said, counted=True)
        raise NotTaken(said)

    def close(self) -> None: ...

    def body(self, user: User, sort: Sort) -> dict[str, Any]:
        raise NotImplementedError

    def address(self, now: datetime) -> str:
        raise NotImplementedError

    def _take_turn(self, delivery: Delivery) -> None:
        """One post at a time, and no more a minute than it takes; Later otherwise. The turn ends
        with the transaction that marks the delivery done."""
        with connection.cursor() as cursor:
            key = f"notifications.{self.way}"
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [key])
            if not cursor.fetchone()[0]:
                raise Later(TURN, "another worker is posting")
        now = clock.now()
        others = Delivery.objects.filter(channel=self.way, tried_at__gt=now - MINUTE)
        recent = list(
            others.exclude(pk=delivery.pk)
            .order_by("-tried_at")
            .values_list("tried_at", flat=True)[:A_MINUTE]
        )
        if len(recent) == A_MINUTE and (first := recent[-1]) is not None:
            raise Later(first + MINUTE - now, "twenty were posted within a minute")


class WeCom(_Robot):
    """企业微信: Markdown, or text where the person's number lets the robot call the person."""

    way = Way.WECOM
    throttled = frozenset({45009})
    rest = timedelta(minutes=1)

    def address(self, now: datetime) -> str:
        return settings.WECOM_URL

    def body(self, user: User, sort: Sort) -> dict[str, Any]:
        title, line, link = _words(sort)
        if user.mobile:
            content = f"{title}\n{user.name}{line}\n{link}"
            return {
                "msgtype": "text",
                "text": {"content": content, "mentioned_mobile_list": [_local(user.mobile)]},
            }
        words = _("Open the inbox")
        content = f"### {title}\n**{_plain(user.name)}**{line}\n[{words}]({link})"
        return {"msgtype": "markdown", "markdown": {"content": content}}


class DingTalk(_Robot):
    """钉钉: Markdown, by an address signed with the robot's secret."""

    way = Way.DINGTALK
    throttled = frozenset({130101, 410100})
    rest = timedelta(minutes=10)

    def address(self, now: datetime) -> str:
        return signed(settings.DINGTALK_URL, settings.DINGTALK_SECRET, now)

    def body(self, user: User, sort: Sort) -> dict[str, Any]:
        title, line, link = _words(sort)
        called = [_local(user.mobile)] if user.mobile else []
        # Only a number that the text names, too, is called.
        who = " ".join(f"@{number}" for number in called)
        words = _("Open the inbox")
        text = f"### {title}\n\n**{_plain(user.name)}**{line} {who}\n\n[{words}]({link})"
        return {
            "msgtype": "markdown",
            "markdown": {"title": title, "text": text},
            "at": {"atMobiles": called, "isAtAll": False},
        }


def signed(address: str, secret: str, now: datetime) -> str:
    """A 钉钉 address with the milliseconds and their HMAC-SHA256; unsigned without a secret."""
    if not secret:
        return address
    stamp = str(round(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": stamp, "sign": base64.b64encode(digest).decode()})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _words(sort: Sort) -> tuple[str, str, str]:
    """A title, the sentence that follows the person's name, the inbox."""
    lines = {
        Sort.ACT: _(": something waits for you to act. Sign in to see what."),
        Sort.REMINDER: _(": a deadline of yours is near. Sign in to see which."),
        Sort.NEWS: _(": there is news for you. Sign in to read it."),
    }
    return _("Steelyard"), lines[sort], absolute(reverse("notifications:inbox"))


def _plain(name: str) -> str:
    """A name that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~@])", r"\\\1", name)


def _local(mobile: str) -> str:
    """A number of the mainland as both robots know it: without its country."""
    return mobile.removeprefix("+86")
