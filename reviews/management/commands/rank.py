"""manage.py rank CALL_NUMBER: does the stored ranking follow from the locked scores?"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from applications.models import Call
from audit.refusals import Refused
from reviews import outcomes
from reviews.selectors import exports, hearing, rankings, shortlists
from reviews.selectors.recomputed import differences, digest_of, rank_call
from reviews.selectors.site_standing import unsettled

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Recompute the ranking of a call from its locked scores, its confirmed site checks and"
        " joint decisions, its shortlist where there is a hearing, and its funding list with the"
        " quotas, and compare them with those that stand. Exit 0 and one line when equal; exit 1"
        " and a line for each difference; exit 2 when there is nothing to compare yet. Never"
        " writes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("call_number", help="as 2024-1")

    def handle(self, *args: Any, **options: Any) -> None:
        call = Call.objects.filter(number=options["call_number"]).first()
        if call is None:
            raise CommandError(f"There is no call {options['call_number']}.", returncode=REFUSED)
        try:
            exports.require_closed(call)
        except Refused as refused:
            raise CommandError(str(refused), returncode=REFUSED) from refused
        stored = rankings.latest(call)
        if stored is None:
            raise CommandError(
                "The ranking of this call has not been computed yet.", returncode=REFUSED
            )
        now = rank_call(call)
        lines = list(differences(stored, now))
        if stored.rules != call.rule_set.to_data():
            lines.append("the rules kept with the ranking are not those frozen with the call")
        if unsettled(call).outdated:
            lines.append("a site check confirmed since is not in the ranking: compute it again")
        lines += outcomes.differences(stored)
        shortlist = hearing.shortlist_of(call) if call.rule_set.has_hearing else None
        lines += shortlists.differences(shortlist) if shortlist is not None else ()
        if not lines and digest_of(now) != stored.digest:
            lines.append(f"the digest is not that of the entries: {stored.digest}")
        if lines:
            for line in lines:
                self.stdout.write(line)
            self.stderr.write(f"{call.number}, version {stored.version}: the ranking differs")
            sys.exit(1)
        self.stdout.write(
            f"{call.number}, version {stored.version}: {len(now)} dossiers,"
            f" recomputed the same, {stored.digest}"
        )
