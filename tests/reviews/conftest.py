"""The panels of this app's tests; the people are those of `tests.cast`."""

import pytest
from django.db import connection
from django.utils import translation

from applications.models import Application, Call
from audit import clock
from reviews.models import (
    Assignment,
    Draw,
    Expert,
    Panel,
    Ranking,
    Seat,
    SheetImport,
    SiteCheck,
    SiteFinding,
)
from reviews.services import panels, paper, ranking
from tests.reviews import hearing, round, sheets, sitework, table


@pytest.fixture
def moving_clock(db) -> None:
    """A database whose clock may be moved; before anything is recorded."""
    clock.mark_as_rehearsal()


@pytest.fixture
def panel(kept, officer, firm) -> Panel:
    """Three dossiers under review."""
    return kept.build("panel", lambda: table.panel(officer, firm), on=("officer", "applicant"))


@pytest.fixture
def seat(kept, panel, expert) -> Seat:
    """The expert has accepted, nothing is declared."""
    return kept.build("seat", lambda: table.seat(panel, expert), on=("panel", "experts"))


@pytest.fixture
def opened(kept, seat) -> list[Assignment]:
    """The expert's dossiers, declared on without conflict."""
    return kept.build("opened", lambda: table.declared(seat), on=("seat",))


@pytest.fixture
def pool(kept, officer, experts) -> list[Expert]:
    """Nine experts of four kinds, none with a tie."""
    return kept.build(
        "pool",
        lambda: round.fill_pool(officer, experts),
        on=("officer", "experts"),
    )


@pytest.fixture
def screened(kept, officer, firm) -> Call:
    """A call with eight eligible dossiers of two kindred industries."""
    return kept.build(
        "screened",
        lambda: round.eligible(officer, firm, {"equipment": 5, "ev_parts": 3}),
        on=("officer", "applicant"),
    )


@pytest.fixture
def grouped(kept, screened, pool, officer) -> Call:
    """Its one panel stands, and nine experts are in the pool."""
    kept.build(
        "grouped",
        lambda: panels.form_panels(call=screened, by=officer),
        on=("screened", "pool"),
    )
    screened.refresh_from_db()
    return screened


@pytest.fixture
def draw(kept, grouped, officer, supervisor) -> Draw:
    """Five experts drawn and invited."""
    return kept.build(
        "draw",
        lambda: round.drawn(grouped, officer, supervisor),
        on=("grouped", "supervisor"),
    )


@pytest.fixture
def reviewed(kept, draw, officer) -> Call:
    """Scoring is open; nobody has marked anything."""

    def review() -> Call:
        round.seat_all(draw)
        return round.open_review(draw.call, officer)

    return kept.build("reviewed", review, on=("draw",))


@pytest.fixture
def scored(kept, reviewed) -> Call:
    """Every expert has marked at the same tier and signed."""

    def mark() -> Call:
        for seat in reviewed.draws.get().seats.select_related("panel", "expert__user"):
            round.score(seat)
        return reviewed

    return kept.build("scored", mark, on=("reviewed",))


@pytest.fixture
def ranked_call(kept, scored, officer) -> Call:
    """Scoring is closed and the first ranking stands: one tie of eight."""

    def rank() -> Call:
        ranking.close_scoring(call=scored, by=officer)
        ranking.compute_ranking(call=scored, by=officer)
        return scored

    call = kept.build("ranked_call", rank, on=("scored",))
    call.refresh_from_db()
    return call


@pytest.fixture
def on_paper(kept, moving_clock, officer, supervisor, firm, pool) -> Call:
    """A call with a hearing whose experts have all signed on paper."""

    def make() -> Call:
        call = round.eligible(
            officer,
            firm,
            {"equipment": 4},
            hearing_sheet=hearing.sheet(),
            **hearing.RULES,
        )
        panels.form_panels(call=call, by=officer)
        call.refresh_from_db()
        draw = round.drawn(call, officer, supervisor)
        round.seat_all(draw)
        round.open_review(draw.call, officer)
        for seat in hearing.seats(call):
            round.score(seat)
        call.refresh_from_db()
        return call

    return kept.build("on_paper", make, on=("pool", "applicant", "supervisor"))


@pytest.fixture
def shortlisted(kept, on_paper, officer) -> Call:
    def make() -> Call:
        hearing.closed_on_paper(on_paper, officer)
        hearing.drawn_up(on_paper, officer)
        hearing.sit(on_paper, officer)
        on_paper.refresh_from_db()
        return on_paper

    return kept.build("shortlisted", make, on=("on_paper",))


@pytest.fixture
def begun(kept, shortlisted, officer) -> Call:
    """It is after the last hearing; everybody came, nothing is marked."""

    def make() -> Call:
        hearing.pass_sittings(shortlisted)
        hearing.all_come(shortlisted, officer)
        return shortlisted

    return kept.build("begun", make, on=("shortlisted",))


@pytest.fixture
def marked(kept, begun) -> Call:
    def make() -> Call:
        for seat in hearing.seats(begun):
            hearing.mark(seat, tier=1)
        return begun

    return kept.build("marked", make, on=("begun",))


@pytest.fixture
def english():
    """Sentences are compared in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def maker(officer2):
    return officer2


@pytest.fixture
def checker(lead):
    return lead


@pytest.fixture
def scribed(seat, opened, officer, maker, checker, supervisor):
    """The seat of an expert whose paper two scribes type in; `officer` runs the call."""
    sheets.two_scribes(seat, maker, checker, supervisor)
    return seat


@pytest.fixture
def typed(scribed, maker) -> SheetImport:
    return sheets.typed_in(scribed, maker, tier=1, comment=lambda n, leaf: (
        "总体可行" if leaf == "overall" else None
    ))  # fmt: skip


@pytest.fixture
def checked(typed, checker) -> SheetImport:
    return paper.confirm_paper(row=typed, by=checker, **sheets.second_typing(typed))


@pytest.fixture
def dossier(ranked_call) -> Application:
    return round.dossiers(ranked_call)[0]


@pytest.fixture
def check(ranked_call, dossier, officer, officer2, finance) -> SiteCheck:
    return sitework.ordered(dossier, officer, officer2, finance)


@pytest.fixture
def finding(check, officer2) -> SiteFinding:
    return sitework.recorded(check, officer2, **sitework.LESS)


@pytest.fixture
def heard_ranking(kept, on_paper, officer) -> Ranking:
    """Three of four are heard; two of them can be paid."""

    def make() -> Ranking:
        hearing.differ(on_paper, "paper")
        with connection.cursor() as cursor:  # frozen since the call opened
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "UPDATE applications_call SET envelope = 30000000, max_request = 24000000,"
                ' rules = rules || \'{"hearing_shortlist": "times"}\' WHERE id = %s',
                [on_paper.pk],
            )
            cursor.execute("SET session_replication_role = origin")
        on_paper.refresh_from_db()
        hearing.closed_on_paper(on_paper, officer)
        hearing.drawn_up(on_paper, officer)
        hearing.sit(on_paper, officer)
        hearing.pass_sittings(on_paper)
        hearing.all_come(on_paper, officer)
        for seat in hearing.seats(on_paper):
            hearing.mark(seat, tier=1)
        hearing.differ(on_paper, "hearing")
        ranking.close_hearing(call=on_paper, by=officer)
        return ranking.compute_ranking(call=on_paper, by=officer)

    return kept.build("heard_and_ranked", make, on=("on_paper",))
