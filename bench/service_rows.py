"""Served projects, secretaries and requests of any number, written by SQL behind the triggers.

For measuring. Never for a database with a history.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from accounts.models import Organisation, Region, RoleGrant, User
from accounts.roles import Role
from applications.models import Application
from audit import clock
from bench.review_rows import behind_the_triggers
from secretaries.models import ServiceSecretary

# The clock of the n-th settlement has the number n, that of its first reply the count + n.
CLOCKS = """
INSERT INTO secretaries_serviceclock
    (id, kind, days, extended, started_at, half_days, near_days, half_on, near_on, due_at,
     provisional, paused_since, paused_days)
SELECT n, 'finish', 15, 0, at, 8, 12, at::date + 10, at::date + 16,
       CASE WHEN n %% 10 <> 0 THEN at + interval '21 days' END, false,
       CASE WHEN n %% 10 = 0 THEN at::date + 5 END, 0
FROM (SELECT n, steelyard_now() - (n %% 30) * interval '1 day' AS at
      FROM generate_series(1, %(count)s) n) made
UNION ALL
SELECT %(count)s + n, 'response', 3, 0, steelyard_now(), 2, 3, current_date, current_date,
       steelyard_now(), false, NULL, 0
FROM generate_series(1, %(count)s) n
"""
REQUESTS = """
INSERT INTO secretaries_servicerequest
    (number, application_id, category, level, title, text, status, raised_by_id, raised_side,
     raised_at, finish_id, response_id, with_unit, reopened, contested, closed_how,
     sent_form)
SELECT 'SQ-9999-' || n, (%(projects)s::bigint[])[1 + n %% cardinality(%(projects)s::bigint[])],
       'land', 'complex', 'bench', 'bench bench', 'open', %(by)s, 'firm', steelyard_now(), n,
       %(count)s + n, '', false, false, '', ''
FROM generate_series(1, %(count)s) n
"""


def award_all() -> None:
    """Every dossier there is is awarded, spread over the zone."""
    regions = list(Region.objects.filter(in_zone=True).values_list("pk", flat=True))
    with behind_the_triggers():
        for place, pk in enumerate(served_or_not()):
            Application.objects.filter(pk=pk).update(
                status="awarded", region=regions[place % len(regions)]
            )


def served_or_not() -> list[int]:
    return list(Application.objects.order_by("pk").values_list("pk", flat=True))


def served() -> list[int]:
    return list(Application.objects.filter(status="awarded").values_list("pk", flat=True))


def secretaries(count: int, since: timedelta) -> list[ServiceSecretary]:
    """So many people with the role, each for one line of the zone and all industries."""
    now = clock.now()
    makers = User.objects.order_by("pk")[:2]
    unit = Organisation.objects.order_by("pk")[0]
    people = User.objects.bulk_create(
        User(username=f"secretary{n}", name=f"secretary {n}", email=f"s{n}@example.test")
        for n in range(count)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=user,
            role=Role.SECRETARY,
            proposed_by=makers[0],
            proposed_at=now,
            confirmed_by=makers[1],
            confirmed_at=now,
        )
        for user in people
    )
    made = ServiceSecretary.objects.bulk_create(
        ServiceSecretary(user=user, unit=unit, active_from=(now - since).date()) for user in people
    )
    regions = list(Region.objects.filter(in_zone=True).exclude(level="province"))
    through = ServiceSecretary.regions.through
    through.objects.bulk_create(
        through(servicesecretary=row, region=regions[n % len(regions)])
        for n, row in enumerate(made)
    )
    return made


def requests(count: int) -> None:
    """So many open requests, on the projects that are served in turn; a tenth stands still."""
    by = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    with behind_the_triggers(), connection.cursor() as cursor:
        given: dict[str, Any] = {"count": count, "projects": served(), "by": by}
        cursor.execute(CLOCKS, given)
        cursor.execute(REQUESTS, given)
        cursor.execute("ANALYZE")
