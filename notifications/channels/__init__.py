"""The ways a message travels. The inbox is the row itself; the others are deliveries."""

from collections.abc import Mapping

from notifications.channels.base import KEY_HEADER, Channel, Later
from notifications.channels.email import Email
from notifications.channels.robots import DingTalk, WeCom
from notifications.channels.sms import Sms
from notifications.choices import Way

__all__ = ["CHANNELS", "KEY_HEADER", "Channel", "Email", "Later"]

CHANNELS: Mapping[str, type[Channel]] = {
    Way.EMAIL: Email,
    Way.WECOM: WeCom,
    Way.DINGTALK: DingTalk,
    Way.SMS: Sms,
}
