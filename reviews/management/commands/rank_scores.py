"""`manage.py rank_scores`: rank any table of real scores by the rules of a call."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews import tables
from reviews.scoring import METHODS


class Command(BaseCommand):
    help = (
        "Rank the items of a CSV table of scores: one row a score, with headings. "
        "Writes CSV to standard output: rank, item, value, n. Equal values share a rank; "
        "an empty score or n/a is a gap and never zero."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--item", required=True, metavar="COL", help="column of the item")
        parser.add_argument("--expert", required=True, metavar="COL", help="column of the expert")
        parser.add_argument("--score", required=True, metavar="COL", help="column of the score")
        parser.add_argument(
            "--order",
            choices=("asc", "desc"),
            default="desc",
            help="asc: the lowest score is best; desc (as set): the highest",
        )
        parser.add_argument(
            "--method",
            choices=METHODS,
            default="mean",
            help="mean (as set); trimmed: without one highest and one lowest from five scores on;"
            " median",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        layout = tables.Layout(options["item"], options["expert"], options["score"])
        try:
            ranked = tables.rank_file(options["file"], layout, options["order"], options["method"])
        except tables.TableError as error:
            raise CommandError(str(error), returncode=2) from None
        tables.write(ranked, self.stdout)
