"""The stages in order, timed, and the report of what happened."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Count, Sum

from applications.models import Application, Call
from audit import clock
from audit.models import Event, Seal
from audit.verification import verify
from awards.models import Award, Envelope, PublicNotice
from notifications.models import Delivery, Outgoing
from rehearsal import (
    checking,
    closing,
    deciding,
    filing,
    paying,
    people,
    reviewing,
    serving,
    visiting,
)
from rehearsal.round import Progress, Round, silent
from rehearsal.second_call import SecondCall
from rehearsal.worker import Worker, drain, seal
from reviews.models import Draw, Panel
from reviews.services.draws import reproduce
from secretaries.models import ServiceAssignment

YEARLY_WAN = 30_000
STAGES = (
    "submitted",
    "eligible",
    "scored",
    "ranked",
    "noticed",
    "awarded",
    "assigned",
    "paid",
    "closed",
)


@dataclass
class Rehearsal:
    """What to rehearse, and what came of it."""

    applications: int = 60
    experts: int = 60
    year: int = 2024
    seed: int = 7
    until: str = "paid"
    password: str | None = None
    progress: Progress = silent
    stages: list[dict[str, Any]] = field(default_factory=list)
    second: SecondCall | None = None
    closure: closing.Closure | None = None

    def run(self, *, kept: bool) -> dict[str, Any]:
        """Run to the stage asked for and return the report (see `report`)."""
        with Worker():
            self.play(kept=kept)
            drain()
            seal()
            return self.report()

    def play(self, *, kept: bool) -> None:
        """The acts alone; workers of others carry what they queue."""
        self.round = self.prepare(Random(self.seed), kept=kept)
        for name in STAGES[: STAGES.index(self.until) + 1]:
            self.timed(name, STEPS[name])
        # Last, so that what the first call's people do does not hang on it.
        if self.until in ("paid", "closed") and not kept:
            self.second = SecondCall.held(self.round)

    def prepare(self, rng: Random, *, kept: bool) -> Round:
        """The people and the call's frame. A kept house goes on where its clock stands."""
        opens_on = date(self.year, 3, 4)
        if not kept:
            clock.travel_to(dt.datetime(self.year, 1, 15, 9, tzinfo=clock.SHANGHAI))
        cast = people.known_cast() if kept else people.appoint_officials(self.password)
        people.admit_experts(cast, rng, max(0, self.experts - len(cast.experts)), self.password)
        if not cast.secretaries:
            people.appoint_secretaries(cast, rng, max(12, self.applications // 2), self.password)
        return Round(
            cast=cast,
            rng=rng,
            count=self.applications,
            opens_on=opens_on,
            progress=self.progress,
            password=self.password,
            first_serial=self.year * 1000,
            envelope_wan=self._left_of_the_year(),
        )

    def _left_of_the_year(self) -> int:
        """What the year's ceiling leaves for this call, 万元: all of it, or what an earlier
        rehearsal's small call has not taken.
        """
        held = Envelope.objects.filter(year=self.year).aggregate(s=Sum("ceiling"))["s"] or 0
        return YEARLY_WAN - int(held / 10_000) % YEARLY_WAN

    def timed(self, name: str, step: Callable[["Rehearsal"], int]) -> None:
        started = time.monotonic()
        count = step(self)
        self.stages.append(
            {"name": name, "count": count, "seconds": round(time.monotonic() - started, 2)}
        )

    def report(self) -> dict[str, Any]:
        """Figures read back from the database, sums as decimal strings in yuan."""
        call, envelope = (
            self.round.call,
            Envelope.objects.get(scheme=self.round.call.scheme, year=self.year),
        )
        awards = Award.objects.filter(application__call=call)
        found = verify()
        return {
            "seed": self.seed,
            "stages": self.stages,
            "status": _statuses(call),
            "envelope": str(envelope.ceiling),
            "awarded": str(awards.aggregate(s=Sum("amount"))["s"] or Decimal("0.00")),
            "paid": str(awards.aggregate(s=Sum("paid"))["s"] or Decimal("0.00")),
            "refusals": {
                "tried": self.round.refusals.tried,
                "refused": self.round.refusals.refused,
            },
            "secretaries": {
                "awarded": awards.count(),
                "assigned": ServiceAssignment.objects.filter(
                    application__call=call, role="lead"
                ).aggregate(n=Count("application", distinct=True))["n"],
            },
            "service": serving.report(self.round),
            "messages": _messages(),
            "audit": {
                "events": Event.objects.count(),
                "sealed": Seal.objects.count(),
                "verified": found.holds,
            },
            "draw": _draw(call),
            "hearing": self.second.report() if self.second else None,
            "closure": self.closure.report() if self.closure else None,
        }


def _statuses(call: Call) -> dict[str, int]:
    rows = (
        Application.objects.filter(call=call)
        .values("status")
        .annotate(n=Count("pk"))
        .order_by("status")
    )
    return {row["status"]: row["n"] for row in rows}


def _messages() -> dict[str, int]:
    rows = dict(Delivery.objects.values_list("state").annotate(n=Count("pk")))
    return {
        "queued": sum(rows.values()),
        "delivered": rows.get(Outgoing.DONE, 0),
        "failed": rows.get(Outgoing.DEAD, 0),
    }


def _draw(call: Call) -> dict[str, Any]:
    drawn = list(Draw.objects.filter(call=call, status="drawn").order_by("pk"))
    return {
        "numbers": [d.number for d in drawn],
        "panels": Panel.objects.filter(call=call).count(),
        "reproduced": bool(drawn) and all(reproduce(d) == [] for d in drawn),
    }


def _ranked(run: Rehearsal) -> int:
    reviewing.close_paper(run.round)
    ranked = reviewing.rank_all(run.round)
    visiting.check_on_the_spot(run.round)
    return ranked


def _noticed(run: Rehearsal) -> int:
    deciding.decide(run.round)
    return deciding.put_on_notice(run.round).items.count()


def _awarded(run: Rehearsal) -> int:
    notice = PublicNotice.objects.filter(call=run.round.call).order_by("pk")[0]
    return deciding.award_all(run.round, notice)


def _paid(run: Rehearsal) -> int:
    paying.sign_for_projects(run.round)
    deciding.allocate(run.round)
    paying.sign_agreements(run.round)
    serving.raise_one_late(run.round)
    serving.record_milestones(run.round)
    paid = paying.pay_all(run.round)
    serving.inquire(run.round)
    return paid


def _closed(run: Rehearsal) -> int:
    run.closure = closing.close_all(run.round)
    return run.closure.accepted + run.closure.terminated


STEPS: dict[str, Callable[[Rehearsal], int]] = {
    "submitted": lambda run: filing.submit_all(run.round),
    "eligible": lambda run: checking.screen_all(run.round),
    "scored": lambda run: reviewing.review_all(run.round),
    "ranked": _ranked,
    "noticed": _noticed,
    "awarded": _awarded,
    "assigned": lambda run: paying.appointed(run.round),
    "paid": _paid,
    "closed": _closed,
}
