"""Numbers of outside documents that may stand only once."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from psycopg.errors import UniqueViolation

from audit.refusals import Invalid


def voucher_as_kept(typed: str) -> str:
    """A voucher's number as it is kept and compared: half-width, upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", typed).upper().split())


@contextmanager
def taken_only_once(field: str, message: str | Promise) -> Iterator[None]:
    """Refuse with the message when the number is taken, be it at this same instant."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise Invalid(message, field=field) from error
        raise
