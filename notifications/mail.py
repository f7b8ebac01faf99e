"""Mail as files, for a machine without a mail server: one file for each delivery key."""

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.base import KEY_HEADER


def file_name(message: EmailMessage) -> str:
    """The name a mail is kept under: its key made safe, plus a digest so that keys stay apart.

    Mails without a key (password resets) are told apart by all they hold.
    """
    key = message.extra_headers.get(KEY_HEADER)
    if key is None:
        return hashlib.sha256(message.message().as_bytes()).hexdigest()[:32] + ".eml"
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", key)[:120]
    return f"{safe}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.eml"


class FileBackend(BaseEmailBackend):
    """Writes each mail whole under its own name; a second attempt with the key changes nothing."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._keep(message, folder)
        return len(email_messages)

    def _keep(self, message: EmailMessage, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            os.link(name, folder / file_name(message))
        except FileExistsError:
            pass  # an attempt before this one wrote it and died before it could say so
        finally:
            Path(name).unlink()
