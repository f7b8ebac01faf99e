"""Thin doors for Celery: the work is in the services."""

from notifications.jobs import job_task
from reviews.models import Ranking
from reviews.services import analyses, site_recounts


@job_task(analyses.TASK)
def analyse(ranking: int, part: str) -> None:
    """Compute one part of how sure a ranking is."""
    row = Ranking.objects.select_related("call").get(pk=ranking)
    analyses.compute_part(ranking=row, part=part)


@job_task("reviews.tasks.recount")
def recount() -> None:
    """A year's working days came into force: count the firms' time that reaches it."""
    site_recounts.recount()
