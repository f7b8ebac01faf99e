"""manage.py export_scores CALL_NUMBER: every leaf of every dossier as CSV on standard output."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import Call
from audit.refusals import Refused
from reviews.selectors.exports import score_columns, score_table


class Command(BaseCommand):
    help = (
        "Print the locked scores of a call as CSV: application,expert,leaf,mode,score,max; before"
        " them the stage where there is a hearing. Experts by pseudonym; refused before scoring is"
        " closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("call_number", help="as 2024-1")

    def handle(self, *args: Any, **options: Any) -> None:
        call = Call.objects.filter(number=options["call_number"]).first()
        if call is None:
            raise CommandError(f"There is no call {options['call_number']}.")
        try:
            rows = score_table(call)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        out = csv.writer(self.stdout, lineterminator="\n")
        out.writerow(score_columns(call))
        out.writerows(rows)
