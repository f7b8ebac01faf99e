"""Small pools for tests of the draw, and the same draw done by trying everything."""

from itertools import combinations, product

from hypothesis import strategies as st

from reviews.draw import pool as pools
from reviews.draw.checking import Seated, violations
from reviews.draw.eligibility import Eligibility, seats
from reviews.draw.entities import BARRED, Expert, Panel, Recusal, Rules, Seat

SECRETS = bytes(range(32)), bytes(range(32, 64))
KINDS = ("technology", "industry", "finance", "employment")


def expert(name, kinds="technology", specialties=(), institution=None, max_panels=1):
    own = f"home of {name}" if institution is None else institution
    return Expert(name, tuple(kinds.split()), tuple(specialties), own, "220300", max_panels)


def panel(name, seats, applications=("A1", "A2", "A3"), alternates=2):
    """`seats` are (id, kind, specialty, count)."""
    return Panel(name, tuple(applications), tuple(Seat(*seat) for seat in seats), alternates)


def build(panels, experts, recusals=(), **rules):
    """The canonical input of a small draw."""
    rules = {"min_scores": 0, "max_single_recusals_percent": 100, **rules}
    return pools.build(
        draw="2026-1-D1",
        call="2026-1",
        panels=panels,
        experts=experts,
        recusals=[Recusal(who, what, BARRED) for who, what in recusals],
        grounds="0" * 64,
        rules=Rules(**rules),
    )


def pool(panels, experts, recusals=(), **rules):
    return pools.read(build(panels, experts, recusals, **rules))


def every_filling(a_pool, seed):
    """All fillings that obey every rule, found by trying all of them."""
    eligibility = Eligibility(a_pool)
    choices = []
    for a_panel, seat in seats(a_pool):
        order = eligibility.order(seed, a_panel, seat)
        choices.append(
            [
                [Seated(a_panel.id, seat.id, place.expert, place.rank) for place in some]
                for some in combinations(order, seat.count)
            ]
        )
    for some in product(*choices):
        seated = [place for group in some for place in group]
        if not violations(a_pool, seated):
            yield seated


@st.composite
def small_pools(draw):
    """Pools so small that everything can be tried, and so tight that walking down lists fails."""
    institutions = ["", "h1", "h2", "h3", "h4"]
    experts = [
        Expert(
            f"E{i}",
            tuple(sorted(draw(st.sets(st.sampled_from(KINDS[:2]), min_size=1)))),
            tuple(sorted(draw(st.sets(st.sampled_from(["s1", "s2"]))))),
            draw(st.sampled_from(institutions)),
            "220300",
            draw(st.integers(0, 2)),
        )
        for i in range(draw(st.integers(2, 7)))
    ]
    panels = [
        Panel(
            f"P{p}",
            tuple(f"A{p}{a}" for a in range(draw(st.integers(0, 3)))),
            tuple(
                Seat(
                    f"s{s}",
                    draw(st.sampled_from(KINDS[:2])),
                    draw(st.sampled_from([None, None, "s1", "s2"])),
                    draw(st.integers(1, 2)),
                )
                for s in range(draw(st.integers(1, 2)))
            ),
            2,
        )
        for p in range(draw(st.integers(1, 2)))
    ]
    pairs = [(e.id, a) for e in experts for p in panels for a in p.applications]
    recusals = draw(st.sets(st.sampled_from(pairs), max_size=4)) if pairs else set()
    rules = {
        "one_per_institution": draw(st.booleans()),
        "max_single_recusals_percent": draw(st.sampled_from([0, 34, 50, 100])),
        "min_scores": draw(st.integers(0, 2)),
    }
    return pool(panels, experts, recusals, **rules)
