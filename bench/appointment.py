"""Secretaries for many projects at once: the flow alone, and its rows in the database."""

from datetime import timedelta
from random import Random

from bench import database
from bench.figures import Figure, Found, Work
from secretaries import batch
from secretaries.matching import Candidate, Project, ruled_out_by

COUNTIES, INDUSTRIES = 24, 7


def problem(projects: int, secretaries: int) -> tuple[dict[int, Project], list[Candidate]]:
    """Four lines of six counties; each secretary serves one or two of them or a whole line, some
    of the industries or all, and carries up to three projects; a tenth is on leave."""
    dice = Random(5)
    counties = [(f"22{line}{n:03d}", f"22{line}000") for line in range(3, 7) for n in range(1, 7)]
    wanted = {
        key: Project(dice.choice(counties), f"i{dice.randrange(INDUSTRIES)}")
        for key in range(projects)
    }
    people = []
    for number in range(secretaries):
        county, line = dice.choice(counties)
        served = {line} if dice.random() < 0.3 else {county, dice.choice(counties)[0]}
        kinds = {f"i{n}" for n in range(INDUSTRIES) if dice.random() < 0.5}
        people.append(
            Candidate(
                id=number,
                name=f"{number}",
                regions=frozenset(served),
                industries=frozenset(kinds if dice.random() < 0.7 else ()),
                load=dice.choice((0, 0, 0, 1, 2)),
                max_load=3,
                on_leave=dice.random() < 0.1,
            )
        )
    return wanted, people


def flow(projects: int, secretaries: int) -> Work:
    wanted, people = problem(projects, secretaries)
    batch.assign(*problem(20, 8))  # loads OR-tools

    def work() -> Found:
        found = batch.assign(wanted, people)
        by_id = {one.id: one for one in people}
        broken = sum(ruled_out_by(wanted[k], by_id[v]) is not None for k, v in found.pairs.items())
        carried = dict.fromkeys(by_id, 0)
        for secretary in found.pairs.values():
            carried[secretary] += 1
        broken += sum(n + by_id[k].load > by_id[k].max_load for k, n in carried.items() if n)
        words = f"{len(found.pairs)} appointed, {len(found.left)} left, {broken} rules broken"
        return Found(words, holds=broken == 0)

    return work


def stored(projects: int, secretaries: int) -> Work:
    """The same through the service: locks, rows, permissions, milestones, events, messages."""
    database.start()
    from django.urls import get_resolver

    from bench import review_rows, service_rows
    from config.celery import freeze_program
    from secretaries.services.batches import appoint_many

    review_rows.write(projects, 1, 4)
    service_rows.award_all()
    service_rows.secretaries(secretaries, timedelta(days=400))
    pks = service_rows.served()
    list(get_resolver().url_patterns)  # as a worker has them after its first message
    freeze_program()

    def work() -> Found:
        before = database.processor()
        made = appoint_many(applications=pks)
        elsewhere = database.processor() - before
        return Found(
            f"{len(made)} of {len(pks)} appointed, {elsewhere:.2f} s in PostgreSQL", elsewhere
        )

    return work


FIGURES = (
    Figure("appointment: 2,000 projects to 800 secretaries", lambda: flow(2_000, 800), 2.0),
    Figure("appointment, all rows written: 2,000 to 800", lambda: stored(2_000, 800), 2.0),
)
