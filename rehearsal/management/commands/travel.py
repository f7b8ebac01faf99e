"""Let the clock of a rehearsal's database run ahead, to see what a deadline does."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import clock
from audit.refusals import Refused


class Command(BaseCommand):
    help = "Move a rehearsal's clock forward by days and hours; refused in any other database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=0)
        parser.add_argument("--hours", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clock.travel_by(timedelta(days=options["days"], hours=options["hours"]))
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{timezone.localtime(clock.now()):%Y-%m-%d %H:%M}")
