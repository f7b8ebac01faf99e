"""The appraisal of a quarter that is over, also an older one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import clock
from audit.origin import acting_from
from audit.refusals import Refused
from secretaries.selectors.appraising import quarter_named, quarter_of
from secretaries.services import appraisals


class Command(BaseCommand):
    help = "Appraise whoever led a project in a quarter and has no appraisal of it yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quarter", metavar="2026Q2", help="the last that is over, if unset")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["quarter"]
        asked = quarter_named(wanted) if wanted else quarter_of(clock.today()).before
        if asked is None:
            raise CommandError(f"{wanted!r} is no quarter; write it like 2026Q2.")
        try:
            with acting_from("command"):
                made = appraisals.appraise_quarter(year=asked.year, quarter=asked.number)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        for row in made:
            self.stdout.write(
                f"{row.secretary.user.name} {'—' if row.score is None else row.score}"
            )
        self.stdout.write(f"{asked}: {len(made)} appraised")
