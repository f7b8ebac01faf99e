"""`manage.py verify_audit`: exit 0 and one line, or exit 1 and a line for each bad row."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from audit.verification import verify


class Command(BaseCommand):
    help = "Verify the event log, its seals, its anchors and the rows that witnesses watch."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify()
        if report.holds:
            self.stdout.write(report.summary)
            return
        for line in report.lines:
            self.stdout.write(line)
        self.stderr.write(report.summary)
        sys.exit(1)
