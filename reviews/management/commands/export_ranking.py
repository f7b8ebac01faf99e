"""manage.py export_ranking CALL_NUMBER --format csv|json: the ranking that stands, on standard
output.
"""

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import Call
from audit.refusals import Refused
from reviews.selectors.exports import ranking_columns, ranking_table


class Command(BaseCommand):
    help = (
        "Print the ranking of a call: rank,application,region,quality,employment,total,requested,"
        "awarded,outcome; after the region paper,hearing where there is a hearing. Money"
        " in yuan, regions by GB/T 2260 code."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("call_number", help="as 2024-1")
        parser.add_argument("--format", choices=("csv", "json"), default="csv")
        parser.add_argument(
            "--corrected",
            action="store_true",
            help="add the column corrected: the figures that a site check corrected",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call = Call.objects.filter(number=options["call_number"]).first()
        if call is None:
            raise CommandError(f"There is no call {options['call_number']}.")
        try:
            rows = ranking_table(call, corrected=options["corrected"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        columns = ranking_columns(call, corrected=options["corrected"])
        out = csv.DictWriter(self.stdout, columns, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
