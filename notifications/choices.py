"""Where a person's messages reach beside the inbox: what may be chosen, and what was.

A choice is kept with the person as {"sort.channel": pace}; what was not chosen is as it comes.
"""

from collections.abc import Collection

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.rules import roles_of
from notifications.kinds import Sort


class Way(TextChoices):
    INBOX = "inbox", _("inbox")
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    WECOM = "wecom", _("WeCom group")
    DINGTALK = "dingtalk", _("DingTalk group")


class Pace(TextChoices):
    EACH = "each", _("each at once")
    DAILY = "daily", _("all of a day together")
    NONE = "none", _("not at all")


GROUPS = frozenset({Way.WECOM, Way.DINGTALK})
_SETTING = {Way.WECOM: "WECOM_URL", Way.DINGTALK: "DINGTALK_URL", Way.SMS: "SMS_URL"}
_AS_IT_COMES = frozenset({Way.INBOX, Way.EMAIL})


def pace_of(user: User, sort: Sort, way: Way) -> Pace:
    """What holds for this person: the choice, or what comes without one."""
    default = Pace.EACH if way in _AS_IT_COMES else Pace.NONE
    return Pace(user.reach.get(f"{sort}.{way}", default))


def paces(sort: Sort, way: Way) -> tuple[Pace, ...]:
    """What may be chosen. Whoever has a duty finds it in the inbox, and cannot turn that off."""
    if way == Way.EMAIL:
        return (Pace.EACH, Pace.DAILY, Pace.NONE)
    if way == Way.INBOX and sort != Sort.NEWS:
        return (Pace.EACH,)
    return (Pace.EACH, Pace.NONE)


def is_configured(way: Way) -> bool:
    """Whether this installation has the channel."""
    setting = _SETTING.get(way)
    return setting is None or bool(getattr(settings, setting))


def is_of_the_office(user: User) -> bool:
    """Whether the person may be named in a group chat: experts never, for nobody knows them."""
    held = roles_of(user)
    return bool(held) and Role.EXPERT not in held


def offered(user: User) -> tuple[Way, ...]:
    """The channels that the person may choose among."""
    return tuple(
        way for way in Way if is_configured(way) and (way not in GROUPS or is_of_the_office(user))
    )


def needs_number(ways: Collection[Way]) -> bool:
    """Whether one of these reaches or calls a person by the mobile number."""
    return any(way == Way.SMS or way in GROUPS for way in ways)


def reached(user: User, sort: Sort, pace: Pace) -> tuple[Way, ...]:
    """The channels beside the inbox that a message of this sort takes, at this pace."""
    there = {
        Way.EMAIL: bool(user.email),
        Way.SMS: bool(user.mobile),
        Way.WECOM: True,
        Way.DINGTALK: True,
    }
    return tuple(
        way
        for way, is_there in there.items()
        if is_there and is_configured(way) and pace_of(user, sort, way) == pace
    )
