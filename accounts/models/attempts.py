"""Counters of tries and requests: one row a key, shared by all processes."""

from django.db import models


class SignInCounter(models.Model):
    """Tries since `since` for one key (`account:<id>`, `name:<digest>`, `address:<ip>` of a
    sign-in; `<limit>:<digest>` of `accounts.services.limits`).

    Kept in the database, so that it holds across processes, restarts and a wiped broker.
    """

    key = models.CharField(max_length=120, unique=True)
    tries = models.PositiveIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
