"""Clocks are seen to one by one: what fails at one is logged, and the others are told of."""

import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.db import Error, connection, transaction

logger = logging.getLogger(__name__)
P = ParamSpec("P")


def apart(
    tell: Callable[Concatenate[int, P], int], pk: int, *args: P.args, **kwargs: P.kwargs
) -> int:
    """Tell of one in a transaction of its own; 0 where that failed. Without a database the run
    ends: the next one begins where it stopped."""
    try:
        with transaction.atomic():
            return tell(pk, *args, **kwargs)
    except Exception as error:
        if isinstance(error, Error) and not connection.is_usable():
            raise
        logger.exception("%s %s failed", tell.__module__, pk)
        return 0
