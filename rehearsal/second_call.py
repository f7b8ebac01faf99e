"""After the first call's last payment: a small call for the next year whose firms are heard."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from audit import clock
from rehearsal import checking, filing, hearing, reviewing
from rehearsal.round import Round
from reviews.models import Draw, Shortlist
from reviews.selectors import recomputed, shortlists
from reviews.selectors.rankings import latest
from reviews.services.draws import reproduce

# As few as show it: it runs with every rehearsal.
COUNT = 2
RULES = {**hearing.RULES, "panel_size": 5, "min_scores": 3}
STRONG = 0.8  # all reach the merit floor, so that there is a hearing


@dataclass(frozen=True, slots=True)
class SecondCall:
    """A call with a hearing, to its ranking."""

    round: Round
    heard: int
    seconds: float

    @classmethod
    def held(cls, first: Round) -> "SecondCall":
        """Two firms file, are screened, marked on paper, heard and ranked."""
        started = time.monotonic()
        opens_on = clock.today() + timedelta(days=8)
        round_ = replace(
            first,
            count=COUNT,
            opens_on=opens_on,
            first_serial=(first.opens_on.year + 1) * 1000,
            envelope_wan=6_000,
            year=first.opens_on.year + 1,
            rules=RULES,
            ahead=7,
            open_for=14,
            dossiers={},
        )
        filing.set_up_call(round_)
        round_.wait_until(opens_on + timedelta(days=1), 9, 30)
        for position, dossier in enumerate(filing.invent(round_), start=2):
            strong = replace(dossier, strength=max(dossier.strength, STRONG))
            filing.file_one(round_, strong, position)
        clock.travel_to(round_.call.closes_at + timedelta(minutes=1))
        checking.pass_all(round_)
        reviewing.review_all(round_)
        reviewing.close_paper(round_)
        heard = hearing.hear_all(round_)
        reviewing.rank_all(round_)
        return cls(round_, heard, round(time.monotonic() - started, 2))

    def report(self) -> dict[str, Any]:
        """What came of it, computed again: the order from the draw's seed, both stages' totals."""
        call = self.round.call
        stored = Shortlist.objects.select_related("draw").get(call=call)
        ranking = latest(call)
        again = recomputed.digest_of(recomputed.rank_call(call))
        return {
            "call": call.number,
            "draw": stored.draw.number,
            "heard": self.heard,
            "seconds": self.seconds,
            "ranked": ranking.entries.filter(rank__isnull=False).count() if ranking else 0,
            "reproduced": (
                shortlists.is_in_order(stored)
                and list(shortlists.differences(stored)) == []
                and ranking is not None
                and again == ranking.digest
                and all(reproduce(d) == [] for d in Draw.objects.filter(call=call, status="drawn"))
            ),
        }
