"""Letters of sign-in, with links that open an account, carried by jobs like every other mail.

No answer waits for the mail server, fails with it, or tells by its time whether an address is
known. The row holds the letter encrypted: a copy of the database opens no account.
"""

import base64
import hashlib
import json
import uuid

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.mail import EmailMessage

from notifications.channels.base import KEY_HEADER, identity_of
from notifications.services import enqueue

TASK = "notifications.tasks.letter"


def _cipher() -> Fernet:
    secret = f"steelyard.letters:{settings.SECRET_KEY}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))


def post(*, to: str, subject: str, body: str) -> None:
    """Queue a letter to one address, in the caller's transaction; to "": for nobody."""
    key = f"letter:{uuid.uuid4().hex}"
    letter = json.dumps({"to": to, "subject": subject, "body": body}).encode()
    sealed = _cipher().encrypt(letter).decode()
    enqueue(task=TASK, key=key, payload={"key": key, "sealed": sealed})


def deliver(*, key: str, sealed: str) -> None:
    """Send a queued letter; raises when the mail server does not take it."""
    letter = json.loads(_cipher().decrypt(sealed.encode()))
    if not letter["to"]:
        return
    EmailMessage(
        subject=letter["subject"],
        body=letter["body"],
        to=[letter["to"]],
        headers={
            "Message-ID": identity_of(key),
            KEY_HEADER: key,
            "Auto-Submitted": "auto-generated",
        },
    ).send()
