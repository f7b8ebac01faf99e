"""`manage.py analyse`: how sure the ranking of any table of real scores is."""

import json
import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from applications.sheet import read_decimal
from reviews import tables
from reviews.scoring import METHODS

if TYPE_CHECKING:
    from reviews.certainty.standing import Frozen

MODES = ("strict", "skip", "partial")


class Command(BaseCommand):
    help = (
        "Analyse a CSV table of scores: one row a score, with headings; an empty score or n/a is a"
        " gap and never zero. Writes JSON: agreement, experts, outliers, expected_rank, funding"
        " (null without --cost and --budget). The same table gives the same answer."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        for name in ("item", "expert", "score"):
            parser.add_argument(
                f"--{name}", required=True, metavar="COL", help=f"column of the {name}"
            )
        parser.add_argument(
            "--order",
            choices=("asc", "desc"),
            default="desc",
            help="asc: the lowest score is best; desc (as set): the highest",
        )
        parser.add_argument(
            "--panel", metavar="COL", help="column of the panel; else who shares experts is one"
        )
        parser.add_argument("--cost", metavar="COL", help="column of what an item asks for")
        parser.add_argument("--budget", metavar="N", help="what all may get together")
        parser.add_argument("--mode", choices=MODES, default="strict", help="strict as set")
        parser.add_argument("--method", choices=METHODS, default="mean", help="mean as set")
        parser.add_argument("--json", type=Path, required=True, metavar="OUT")

    def handle(self, *args: Any, **options: Any) -> None:
        # Small matrices only: more threads cost more than they save.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from reviews.certainty.analysis import analyse
        from reviews.certainty.table import ScoreTable

        of_item = tuple(options[name] for name in ("cost", "panel") if options[name] is not None)
        layout = tables.Layout(options["item"], options["expert"], options["score"], of_item)
        try:
            frozen_sum = _budget(options)
            rows = tables.read(options["file"], layout)
            frozen = None if frozen_sum is None else _frozen(rows, frozen_sum, options)
            panels = {row.item: row.of_item[-1] for row in rows} if options["panel"] else None
            _refuse_gaps_alone(options["file"], rows)
            table = ScoreTable.of(
                ((row.item, row.expert, row.score) for row in rows), options["order"]
            )
            content = json.dumps(
                analyse(table, panels, frozen), ensure_ascii=False, indent=1, allow_nan=False
            )
            options["json"].write_text(content + "\n", encoding="utf-8")
        except tables.TableError as error:
            raise CommandError(str(error), returncode=2) from None
        except OSError as error:
            raise CommandError(f"{options['json']}: {error.strerror}", returncode=2) from None


def _refuse_gaps_alone(path: Path, rows: list[tables.ScoreRow]) -> None:
    if all(row.score is None for row in rows):
        raise tables.TableError([f"{path}: no row has a score"])


def _budget(options: dict[str, Any]) -> Decimal | None:
    """The budget; None without. Raises TableError for one that goes without costs or is none."""
    given = options["budget"]
    if (given is None) != (options["cost"] is None):
        raise tables.TableError(["--cost and --budget go together: give both or neither"])
    if given is None:
        return None
    budget = read_decimal(given)
    if budget is None or budget < 0:
        raise tables.TableError([f"--budget is not a sum of money: {given!r}"])
    return budget


def _frozen(rows: list[tables.ScoreRow], budget: Decimal, options: dict[str, Any]) -> "Frozen":
    """Costs of all items with the rules. Raises TableError for a cost that is not above 0."""
    from reviews.certainty.standing import Frozen

    costs: dict[str, Decimal] = {}
    faults = []
    for row in rows:
        if row.item not in costs:
            cost = read_decimal(row.of_item[0])
            costs[row.item] = cost or Decimal(0)
            if cost is None or cost <= 0:
                faults.append(
                    f"line {row.line}: {options['cost']} is not a sum above 0: {row.of_item[0]!r}"
                )
    if faults:
        raise tables.TableError(faults)
    return Frozen(costs=costs, budget=budget, mode=options["mode"], method=options["method"])
