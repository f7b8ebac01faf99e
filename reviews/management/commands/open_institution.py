"""manage.py open_institution DRAW HASH: which employer a hash of a draw's certificate is of."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.models import Draw
from reviews.selectors.draws import open_institution


class Command(BaseCommand):
    help = (
        "Print code and name of the employer behind an institution's hash in the certificate of a "
        "draw, for an audit. Nobody can without the salt that the draw's row keeps."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draw", help="as 2024-1-D1")
        parser.add_argument("hash", help="64 hexadecimal digits, as in the certificate")

    def handle(self, *args: Any, **options: Any) -> None:
        draw = Draw.objects.filter(number=options["draw"]).first()
        if draw is None:
            raise CommandError(f"There is no draw {options['draw']}.")
        found = open_institution(draw, options["hash"])
        if found is None:
            raise CommandError("No organisation of this house has that hash in this draw.")
        self.stdout.write(f"{found.uscc} {found.name}")
