"""How sure a ranking is: asked for with the ranking, computed part by part by workers.

Each part is a job and a row of its own. Whatever ends a worker, the parts that are there stay, and
a part that comes twice is kept once.
"""

from typing import Any

from django.db import transaction

from audit import clock
from audit.digests import canonical, sm3
from audit.services import record
from notifications.services import enqueue_all
from reviews.models import PARTS, Analysis, AnalysisPart, Ranking
from reviews.selectors.certainty import job_key, ranked_of

TASK = "reviews.tasks.analyse"


def request_analysis(ranking: Ranking) -> None:
    """Have a ranking analysed once the caller's transaction is committed; once for each ranking."""
    enqueue_all(
        task=TASK,
        payloads={
            job_key(ranking.pk, part): {"ranking": ranking.pk, "part": part} for part in PARTS
        },
    )


def compute_part(*, ranking: Ranking, part: str) -> None:
    """Compute a part and keep it; nothing if it is there."""
    if ranking.analysis_parts.filter(name=part).exists():
        return
    # Half a second of imports and much memory, which no page should pay for.
    from reviews.certainty.of_ranking import part_of

    keep_part(ranking=ranking, part=part, data=part_of(part, ranked_of(ranking)))


@transaction.atomic
def keep_part(*, ranking: Ranking, part: str, data: dict[str, Any]) -> None:
    """Keep a part's content; with the last of them the analysis stands."""
    Ranking.objects.select_for_update().get(pk=ranking.pk)  # two last parts wait for each other
    now = clock.now()
    AnalysisPart.objects.get_or_create(
        ranking=ranking, name=part, defaults={"data": data, "computed_at": now}
    )
    parts = dict(AnalysisPart.objects.filter(ranking=ranking).values_list("name", "data"))
    if len(parts) < len(PARTS) or Analysis.objects.filter(ranking=ranking).exists():
        return
    made = Analysis.objects.create(
        ranking=ranking, data=parts, digest=digest_of(parts), computed_at=now
    )
    record(
        action="analysis.compute",
        obj=made,
        by=None,
        after={"digest": made.digest, "ranking": ranking.digest},
        scope=ranking.call.number,
    )


def digest_of(data: dict[str, Any]) -> str:
    """SM3 over all parts."""
    return sm3(canonical(data))
