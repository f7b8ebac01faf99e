"""A whole call in a minute, through the services, in an empty or a rehearsal's database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.origin import acting_from
from rehearsal.database import Occupied, make_ready
from rehearsal.running import STAGES, Rehearsal


class Command(BaseCommand):
    help = "Rehearse a call from its guide to the last payment, each act by a person who may do it."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--applications", type=int, default=60)
        parser.add_argument("--experts", type=int, default=60)
        parser.add_argument("--year", type=int, default=2024)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--until", choices=STAGES, default="paid")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the report here")
        parser.add_argument("--keep", action="store_true", help="add to an earlier rehearsal")
        parser.add_argument("--password", default=None, help="let the named people sign in with it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["applications"] < 12 or options["experts"] < 30:
            raise CommandError("A rehearsal needs at least 12 applications and 30 experts.")
        try:
            kept = make_ready(keep=options["keep"])
        except Occupied:
            raise CommandError(
                "This database has a history and is no rehearsal's. Nothing was touched; "
                "name an empty database in DATABASE_URL (or another STEELYARD_DATA)."
            ) from None
        run = Rehearsal(
            applications=options["applications"],
            experts=options["experts"],
            year=options["year"],
            seed=options["seed"],
            until=options["until"],
            password=options["password"],
            progress=self._progress if sys.stderr.isatty() else _quiet,
        )
        with acting_from("rehearsal"):
            report = run.run(kept=kept)
        text = json.dumps(report, ensure_ascii=False, indent=2)
        if options["json"]:
            options["json"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)

    def _progress(self, stage: str, done: int, of: int) -> None:
        filled = 30 * done // max(1, of)
        self.stderr.write(
            f"\r{stage:<10} {'█' * filled}{'·' * (30 - filled)} {done}/{of}", ending=""
        )
        if done >= of:
            self.stderr.write("")


def _quiet(_stage: str, _done: int, _of: int) -> None:
    """No terminal: no bars."""
