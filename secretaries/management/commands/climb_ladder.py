"""The ladder of overdue requests, climbed now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Max, Q

from audit.origin import acting_from
from secretaries.models import Escalation, ServiceRequest
from secretaries.services import clocks


class Command(BaseCommand):
    help = (
        "Warn of requests near or past their time, tell the next level up and open inquiries, as "
        "the periodic task does. What was told of is not told again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        last = Escalation.objects.aggregate(last=Max("pk"))["last"] or 0
        with acting_from("command"):
            told = clocks.watch_clocks()
        steps = list(Escalation.objects.filter(pk__gt=last).select_related("clock", "hold"))
        numbers = _numbers({step.clock_id for step in steps})
        for step in steps:
            what = step.hold.unit if step.hold else step.clock.get_kind_display()
            self.stdout.write(
                f"{numbers[step.clock_id]} {what} {step.get_rung_display()}: {'、'.join(step.told)}"
            )
        self.stdout.write(f"{told} told of")


def _numbers(clocks: set[int]) -> dict[int, str]:
    """The number of the request by either of its clocks."""
    rows = ServiceRequest.objects.filter(Q(finish__in=clocks) | Q(response__in=clocks))
    return {
        clock: number
        for finish, response, number in rows.values_list("finish", "response", "number")
        for clock in (finish, response)
    }
