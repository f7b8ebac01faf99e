"""manage.py open_grounds DRAW: why each pair of a draw's certificate is barred, for an audit."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.models import Draw
from reviews.selectors.draws import grounds_hold


class Command(BaseCommand):
    help = (
        "Print expert, dossier and ground of every pair that the certificate of a draw bars, for "
        "an audit, and last the salt by which its input binds them. Fails where it does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draw", help="as 2024-1-D1")

    def handle(self, *args: Any, **options: Any) -> None:
        draw = Draw.objects.filter(number=options["draw"]).first()
        if draw is None:
            raise CommandError(f"There is no draw {options['draw']}.")
        for pair in draw.grounds:
            self.stdout.write(f"{pair['expert']} {pair['application']} {pair['ground']}")
        if not grounds_hold(draw):
            raise CommandError("These are not the grounds that were frozen with the draw.")
        self.stdout.write(f"salt {draw.salt}")
