"""`manage.py check_invariants`: exit 0 and silence, or exit 1 and a line for each breach."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import invariants


class Command(BaseCommand):
    help = "Check what must hold of the rows: sums, submissions, marks, files, permissions, log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="CHECK", help="these only; default: all")
        parser.add_argument("--json", action="store_true", help="the breaches as one JSON list")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        known = invariants.registered()
        if unknown := sorted(set(names).difference(known)):
            raise CommandError(f"{', '.join(unknown)}: choose from {', '.join(known)}")
        found = list(invariants.breaches(names))
        if options["json"]:
            rows = [asdict(breach) for breach in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            for breach in found:
                self.stdout.write(str(breach))
        if found:
            sys.exit(1)
