"""manage.py export_draw NUMBER [--output FILE]: the certificate of a draw, for everybody."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reviews.models import Draw
from reviews.selectors.certificates import certificate_of, public_draws


class Command(BaseCommand):
    help = (
        "Print the certificate of a draw, for script/verify-draw: input, digests, numbers, seed, "
        "result, replacements, times. Experts by pseudonym. Once the review is closed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="as 2024-1-D1")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write here instead")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["number"]
        draw = public_draws().filter(number=number).first()
        if draw is None:
            raise CommandError(_why_not(number))
        text = json.dumps(certificate_of(draw), ensure_ascii=False, indent=2)
        if options["output"] is None:
            self.stdout.write(text)
            return
        try:
            options["output"].write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']} cannot be written: {error}") from error


def _why_not(number: str) -> str:
    draw = Draw.objects.filter(number=number).first()
    if draw is None:
        return f"There is no draw {number}."
    if draw.drawn_at is None:
        return f"Draw {number} has not been drawn, so that there is nothing to certify."
    return (
        f"The review of draw {number} is not closed yet: its certificate names the experts' "
        "pseudonyms. Export it once scoring is closed; officers and supervisors have it on the "
        "page of the draw."
    )
