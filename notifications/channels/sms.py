"""Short messages, through a gateway that takes JSON over HTTP.

    POST <SMS_URL>
    Authorization: Bearer <SMS_TOKEN>
    {"id": "…", "to": "+8613800138000", "language": "zh-hans", "text": "…"}

It answers 2xx once it has taken the message, 409 when it took one with this id before, 429 (with
`Retry-After` in seconds) when it takes none now; anything else is a failure, and the message is
sent again later under the same id. Putting a signature (签名) before the text is the gateway's.
"""

import re
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import kinds
from notifications.channels.base import Later, key_of
from notifications.channels.web import NotTaken, post
from notifications.models import Delivery

LONGEST: Final = 160
"""Characters of the text: two or three parts of a short message."""

REST: Final = timedelta(minutes=1)
TAKEN_BEFORE: Final = 409
NOT_NOW: Final = 429


class Sms:
    """To the person's own number: the title, for a lost telephone shows what it gets."""

    def send(self, delivery: Delivery) -> None:
        if not delivery.message.recipient.mobile:
            return  # taken back since: the inbox has it
        token = settings.SMS_TOKEN
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = post(settings.SMS_URL, self.body(delivery), headers)
        if 200 <= answer.status < 300 or answer.status == TAKEN_BEFORE:
            return
        said = f"HTTP {answer.status}"
        if answer.status == NOT_NOW:
            raise Later(max(REST, timedelta(seconds=answer.retry_after)), said, counted=True)
        raise NotTaken(said)

    def close(self) -> None: ...

    def body(self, delivery: Delivery) -> dict[str, Any]:
        message = delivery.message
        user = message.recipient
        title = kinds.render(message.kind, message.context, user.language).title
        with override(user.language):
            if kinds.is_secret(message.kind):
                title = _("There is a confidential message for you")
            sentence = _("%(title)s. Sign in to Steelyard to see it.")
            room = LONGEST - len(sentence % {"title": ""})
            short = re.sub(r"\s+", " ", title)
            short = short if len(short) <= room else short[: room - 1] + "…"
            return {
                "id": key_of(delivery),
                "to": user.mobile,
                "language": user.language,
                "text": sentence % {"title": short},
            }
