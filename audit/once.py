"""A form that is sent twice, by a double click or a resend, makes one record.

The page puts a token of its own into the form (`{% once %}`). Token and content together are a
unique key in the database: whoever comes second waits for the first, then gets what that made.
Where the same content is never meant twice, one word for all stands in the token's place.
"""

from functools import partial
from typing import Any, TypeVar

from django.core.files import File
from django.db import connection, models, transaction

from audit.digests import canonical, sm3
from audit.models import SentForm

KEEP = """
INSERT INTO audit_sentform (key, sent_at) VALUES (%s, steelyard_now()) ON CONFLICT (key) DO NOTHING
"""
M = TypeVar("M", bound=models.Model)


@transaction.atomic
def once(model: type[M], token: str, act: partial[M]) -> M:
    """What the act makes; where the same form was sent before with the same content, what it made
    then. A token of "" makes anew each time. `act`: a service with all its keywords.

    What is refused leaves no trace, so that the form can be corrected and sent again; sent again
    with another content it makes another record.
    """
    if not token:
        return act()
    key = _key(token, act)
    rows = SentForm.objects.filter(key=key)
    if not _is_first(key):
        before = rows.select_for_update().get().object_id
        stands = model._default_manager.filter(pk=before).first()  # noqa: SLF001
        if stands is not None:  # a draft may have been taken away since
            return stands
    made = act()
    rows.update(object_id=made.pk)
    return made


def _is_first(key: str) -> bool:
    """Keep the key; waits for whoever is about to keep the same."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [key])
        return bool(cursor.rowcount)


def _key(token: str, act: partial[Any]) -> str:
    given = {name: _plain(value) for name, value in act.keywords.items()}
    return sm3(canonical([f"{act.func.__module__}.{act.func.__qualname__}", token, given]))


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return f"{value._meta.label}:{value.pk}"
    if isinstance(value, File):
        value.seek(0)
        digest = sm3(b"".join(value.chunks()))
        value.seek(0)
        return digest
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
