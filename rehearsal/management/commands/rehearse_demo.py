"""The demo's data, in an empty database or one marked as a rehearsal's."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.origin import acting_from
from rehearsal.database import Occupied, make_ready
from rehearsal.demonstration import Demonstration
from rehearsal.round import silent


class Command(BaseCommand):
    help = "Fill the demo: one call in payment, one on notice, one under review, one open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--password", default=os.environ.get("STEELYARD_DEMO_PASSWORD", "steelyard-demo")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            make_ready(keep=False)
        except Occupied:
            raise CommandError(
                "This database has a history; the demo needs an empty one."
            ) from None
        progress = self._line if sys.stderr.isatty() else silent
        with acting_from("rehearsal"):
            Demonstration(password=options["password"], progress=progress).build()
        self.stdout.write("demo ready")

    def _line(self, stage: str, done: int, of: int) -> None:
        self.stderr.write(f"\r{stage:<10} {done}/{of}   ", ending="" if done < of else "\n")
