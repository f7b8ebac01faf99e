"""Messages as e-mail."""

from email.utils import formataddr

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import kinds
from notifications.channels.base import KEY_HEADER, absolute, identity_of, key_of
from notifications.models import Delivery


class Email:
    """E-mail through Django's configured backend, in the recipient's language.

    The Message-ID is made of the delivery's key, the same at every attempt: the file backend
    keeps one file for it, and mail systems that see it twice show it once.
    """

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, delivery: Delivery) -> None:
        if self._connection is None:
            connection = get_connection()
            connection.open()
            self._connection = connection
        sent = self._connection.send_messages([self.compose(delivery)])
        if not sent:
            raise OSError("the mail server took nothing")

    def compose(self, delivery: Delivery) -> EmailMessage:
        message = delivery.message
        user = message.recipient
        text = kinds.render(message.kind, message.context, user.language)
        with override(user.language):
            parts = [_("Dear %(name)s:") % {"name": user.name}, text.body]
            if message.url:
                parts.append(_("Open: %(url)s") % {"url": absolute(message.url)})
            parts.append(_("Sent by the Steelyard competitive review system. Please do not reply."))
        return EmailMessage(
            subject=text.title,
            body="\n\n".join(parts) + "\n",
            to=[formataddr((user.name, user.email))],
            connection=self._connection,
            headers={
                "Message-ID": identity_of(f"{message.pk}.{delivery.channel}"),
                KEY_HEADER: key_of(delivery),
                "Auto-Submitted": "auto-generated",
                "Content-Language": user.language,
            },
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
