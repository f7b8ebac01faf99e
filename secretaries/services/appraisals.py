"""The quarterly appraisal of all secretaries, once a quarter is over."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import clock
from audit.refusals import WrongState
from audit.services import Entry, record_all
from calendars.wording import day_of
from notifications.services import Dispatch, notify_all
from secretaries import facts, rules
from secretaries.appraisal import Appraised, Counts, appraise
from secretaries.models import SecretaryAppraisal, ServiceSecretary
from secretaries.selectors.appraising import Quarter, counts_of, quarter_of
from secretaries.selectors.settings import in_force
from secretaries.service_rules import ServiceRules
from secretaries.services import telling


def weights(numbers: ServiceRules) -> dict[str, int]:
    """The weights in force, by indicator."""
    return {
        "on_time": numbers.weight_on_time,
        "satisfaction": numbers.weight_satisfaction,
        "visits": numbers.weight_visits,
        "milestones": numbers.weight_milestones,
        "data": numbers.weight_data,
    }


@transaction.atomic
def appraise_quarter(
    *, year: int, quarter: int, by: User | None = None
) -> list[SecretaryAppraisal]:
    """Appraise whoever led a project in the quarter and has no appraisal of it yet.

    Refused before the quarter is over. Made by the periodic task (`by` None) or the lead; run
    again, it adds only who is missing.
    """
    if by is not None:
        rules.require_lead(by)
    now, asked = clock.now(), Quarter(year, quarter)
    if day_of(now) <= asked.last:
        raise WrongState(_("The quarter is not over yet."))
    version, numbers = in_force()
    _lock_people()
    done = set(
        SecretaryAppraisal.objects.filter(year=year, quarter=quarter).values_list(
            "secretary", flat=True
        )
    )
    found = {k: v for k, v in counts_of(asked, numbers).items() if k not in done}
    people = ServiceSecretary.objects.select_related("user").in_bulk(found)
    made = SecretaryAppraisal.objects.bulk_create(
        SecretaryAppraisal(
            secretary=people[pk],
            year=year,
            quarter=quarter,
            **_figures(counts, appraise(counts, weights(numbers))),
            settings_version=version,
            made_by=by,
            made_at=now,
        )
        for pk, counts in sorted(found.items())
    )
    record_all(
        Entry(
            action="appraisal.make",
            obj=row,
            by=by,
            after=facts.appraisal_facts(row),
        )
        for row in made
    )
    notify_all(_messages(made, asked))
    return made


def _lock_people() -> None:
    """Who appraises at the same time waits here, then finds everybody appraised."""
    list(ServiceSecretary.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def appraise_last_quarter() -> int:
    """The quarter that is over, unless it is appraised already; how many were."""
    last = quarter_of(clock.today()).before
    if SecretaryAppraisal.objects.filter(year=last.year, quarter=last.number).exists():
        return 0
    return len(appraise_quarter(year=last.year, quarter=last.number))


def _figures(counts: Counts, appraised: Appraised) -> dict[str, Any]:
    return {
        "counts": counts.to_data(),
        "points": {name: None if p is None else str(p) for name, p in appraised.points.items()},
        "score": appraised.score,
    }


def _messages(made: list[SecretaryAppraisal], quarter: Quarter) -> list[Dispatch]:
    return [
        Dispatch(
            kind="secretary.appraised",
            recipients=[row.secretary.user],
            key=f"appraised:{row.secretary_id}:{quarter}",
            context={
                "quarter": str(quarter),
                "score": "—" if row.score is None else str(row.score),
            },
            url=telling.appraisal_page(row.secretary_id),
        )
        for row in made
    ]
