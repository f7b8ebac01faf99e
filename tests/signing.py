"""Somebody signed in, without the act of signing in.

That is tried by the pages; here it would write a session three times, and an event.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from config.session import SINCE


def client_of(person: User | None = None) -> Client:
    """A client signed in as the person; without one, a visitor's."""
    client = Client()
    if person is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)
    return client


def session_of(person: User) -> str:
    """The key of a fresh session in which this person is signed in since now."""
    signed_in = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
        SINCE: int(time.time()),
    }
    row = Session(
        session_key=get_random_string(32, VALID_KEY_CHARS),
        session_data=SessionStore().encode(signed_in),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    Session.objects.bulk_create([row])
    return row.session_key
