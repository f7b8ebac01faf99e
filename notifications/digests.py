"""The mail that tells all of a day together, for those who chose it.

A message that goes there has a line here until a mail has told it. Each morning every person with
such lines gets one job, by a key of person and day; what one mail could not tell, the next does.
"""

from datetime import time
from email.utils import formataddr

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from audit import clock
from calendars.wording import moment_text
from notifications import kinds
from notifications.channels.base import KEY_HEADER, absolute, identity_of
from notifications.models import DigestLine, Message
from notifications.rounds import once_a_day
from notifications.services import enqueue_all

MORNING = time(8, 30)  # of Shanghai, after the reminders
TASK = "notifications.tasks.digest"
MOST = 100
"""Messages that one mail tells; it says how many more the inbox has."""


def ask_this_morning() -> int | None:
    """A mail for everybody who waits for one, once a day; None: too early, or it was done."""
    return once_a_day("digests", MORNING, ask_all)


def ask_all() -> int:
    """Queue a mail for everybody with untold lines, once for each person and day. How many."""
    day = clock.now().astimezone(clock.SHANGHAI).date().isoformat()
    people = DigestLine.objects.filter(sent_at=None).values_list("message__recipient", flat=True)
    keys = {f"digest:{pk}:{day}": pk for pk in sorted(set(people))}
    payloads = {key: {"person": pk, "key": key} for key, pk in keys.items()}
    enqueue_all(task=TASK, payloads=payloads)
    return len(payloads)


def deliver(*, person: int, key: str) -> None:
    """Send what waits for this person as one mail; raises when the server does not take it."""
    user = User.objects.get(pk=person)
    lines = DigestLine.objects.filter(sent_at=None, message__recipient=user)
    waiting = list(lines.select_for_update(of=("self",)).select_related("message").order_by("pk"))
    if waiting and user.email and user.is_active:
        # Tried again with more lines it is another mail, not the same that came before.
        compose(user, [line.message for line in waiting], f"{key}:{waiting[-1].pk}").send()
    lines.filter(pk__in=[line.pk for line in waiting]).update(sent_at=clock.now())


def compose(user: User, messages: list[Message], key: str) -> EmailMessage:
    """The mail in the person's language: each message's title, when it came, its page."""
    count = {"n": len(messages)}
    with override(user.language):
        subject = ngettext("%(n)d message of the day", "%(n)d messages of the day", len(messages))
        parts = [_("Dear %(name)s:") % {"name": user.name}]
        parts += [_line(message, user.language) for message in messages[:MOST]]
        if len(messages) > MOST:
            parts.append(_("%(n)d more are in your inbox.") % {"n": len(messages) - MOST})
        parts += [
            _("You chose to get these messages once a day; change it here: %(url)s")
            % {"url": absolute(reverse("notifications:choices"))},
            _("Sent by the Steelyard competitive review system. Please do not reply."),
        ]
    return EmailMessage(
        subject=subject % count,
        body="\n\n".join(parts) + "\n",
        to=[formataddr((user.name, user.email))],
        headers={
            "Message-ID": identity_of(key),
            KEY_HEADER: key,
            "Auto-Submitted": "auto-generated",
            "Content-Language": user.language,
        },
    )


def _line(message: Message, language: str) -> str:
    title = kinds.render(message.kind, message.context, language).title
    at = moment_text(message.created_at, language, year_now=None)
    line = _("· %(title)s (%(at)s)") % {"title": title, "at": at}
    return f"{line}\n  {absolute(message.url)}" if message.url else line
