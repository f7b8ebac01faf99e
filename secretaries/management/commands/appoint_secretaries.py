"""Secretaries for all projects that wait, from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import clock
from audit.origin import acting_from
from audit.refusals import Refused
from secretaries.selectors.batching import plan
from secretaries.services import batches
from secretaries.wording import gap_text


class Command(BaseCommand):
    help = "Appoint the secretaries of all projects that wait together, as evenly as can be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say who would get what")

    def handle(self, *args: Any, **options: Any) -> None:
        found = plan(clock.today())
        for one in found.takers:
            self.stdout.write(f"{one.name} ({one.unit}) {one.before} -> {one.after}/{one.most}")
            for row in one.given:
                beside = f" (+ {row.backup})" if row.backup else ""
                self.stdout.write(f"  {row.application.number} {row.application.title}{beside}")
        for application, counts in found.left:
            self.stdout.write(f"- {application.number} {application.title}: {gap_text(counts)}")
        if options["dry_run"]:
            return
        try:
            with acting_from("command"):
                made = batches.appoint_many(seen=found.digest)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write(f"{len(made)} appointed")
