"""Acts that must be refused, tried on the way and counted. One that succeeds ends the rehearsal."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from audit.refusals import Refused


class NotRefused(RuntimeError):
    """An act that the rules forbid went through."""


@dataclass
class Refusals:
    tried: int = 0
    refused: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def expect(self, name: str, act: Callable[[], object]) -> None:
        """Try the act in a savepoint; only a refusal by rule (or by constraint) is right."""
        self.tried += 1
        try:
            with transaction.atomic():
                act()
        except (Refused, IntegrityError):
            self.refused += 1
            self.kinds[name] = self.kinds.get(name, 0) + 1
            return
        raise NotRefused(name)
