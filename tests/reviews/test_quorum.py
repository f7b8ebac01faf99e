"""法定人数: a dossier keeps experts enough: a seat changes hands by the drawn order."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from applications.models import Call
from audit.refusals import Refused
from notifications.models import Message
from reviews.models import Seat
from reviews.selectors import certificates, quorum
from reviews.selectors.tables import Table
from reviews.services import draws, panels, seats, signing
from reviews.services.locking import lock_seat
from tests.racing import race
from tests.reviews import round, table
from tests.reviews.leaving import WHY, aside, exhaust, followers, silent_follower, sitting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VERIFY = Path(__file__).parents[2] / "script" / "verify-draw"


@pytest.fixture
def dossier(reviewed):
    """The first dossier: five experts may score it, three have to."""
    return round.dossiers(reviewed)[0]


@pytest.fixture
def loose(kept, screened_loose, pool, officer, supervisor):
    """A review in which an expert may be barred from three of the eight dossiers."""

    def review() -> Call:
        panels.form_panels(call=screened_loose, by=officer)
        draw = round.drawn(screened_loose, officer, supervisor)
        round.seat_all(draw)
        return round.open_review(draw.call, officer)

    return kept.build("reviewed_loose", review, on=("screened_loose", "pool", "supervisor"))


@pytest.fixture
def screened_loose(kept, officer, firm):
    return kept.build(
        "screened_loose",
        lambda: round.eligible(officer, firm, {"equipment": 8}, max_single_recusals_percent=40),
        on=("officer", "applicant"),
    )


def verified(call, tmp_path) -> str:
    """What the stand-alone program says of the draw's certificate; empty when it holds."""
    draw = call.draws.get()
    assert draws.reproduce(draw) == []
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(certificates.certificate_of(draw)), encoding="utf-8")
    run = subprocess.run([sys.executable, VERIFY, file], capture_output=True, check=False)
    return "" if run.returncode == 0 else run.stdout.decode()


def short_of(call) -> list[tuple]:
    """What the rows say, and what an act would find at the table."""
    rows = quorum.short_dossiers(call)
    with transaction.atomic():
        table = Table(lock_seat(call.draws.get().seats.first().pk))
    assert table.short() == rows
    return [(s.application.number, s.possible, s.needed) for s in rows]


def test_recusals_that_leave_scores_enough_move_nobody(reviewed, dossier):
    for seat in sitting(reviewed)[:2]:
        aside(seat, dossier)
    assert followers(reviewed) == []
    assert short_of(reviewed) == []


def test_the_next_in_the_drawn_order_follows_and_the_certificate_holds(reviewed, dossier, tmp_path):
    mine = sitting(reviewed)
    for seat in mine[:3]:
        aside(seat, dossier)
    [new] = followers(reviewed)
    gone = new.follows
    # each was recused once: the one furthest down the drawn order gives the seat
    assert gone.pk == max(mine[:3], key=lambda s: (s.rank, s.pk)).pk
    assert (gone.state, gone.reason, new.state) == ("replaced", "too few scores", "invited")
    assert short_of(reviewed) == []
    assert verified(reviewed, tmp_path) == ""
    [step] = certificates.certificate_of(new.draw)["replacements"]
    assert (step["expert"], step["replaced_by"], step["reason"]) == (
        gone.expert.pseudonym,
        new.expert.pseudonym,
        "replaced",
    )
    assert {(r["application"], r["reason"]) for r in step["recusals"]} == {
        (dossier.number, "declared")
    }


def test_who_is_recused_most_goes_first_and_is_told(loose, tmp_path):
    first, second, *_rest = round.dossiers(loose)
    one, two, three, *_ = sitting(loose)
    aside(one, second)
    for seat in (one, two, three):
        aside(seat, first)
    [new] = followers(loose)
    assert new.follows_id == one.pk
    told = Message.objects.filter(kind="seat.released")
    assert [m.recipient for m in told] == [one.expert.user]
    assert verified(loose, tmp_path) == ""


def test_one_declaration_may_cost_two_dossiers_their_scores(loose, tmp_path):
    first, second, *_rest = round.dossiers(loose)
    one, two, three, *_ = sitting(loose)
    for seat in (one, two):
        for dossier in (first, second):
            aside(seat, dossier)
    aside(three, first)
    aside(three, second)
    assert short_of(loose) == []
    assert verified(loose, tmp_path) == ""


def test_who_has_signed_keeps_the_seat(reviewed, dossier, officer):
    one, two, three, *_ = sitting(reviewed)
    for seat in (one, two):
        round.score(seat)
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    aside(three, dossier)
    [new] = followers(reviewed)
    assert new.follows_id == three.pk
    assert short_of(reviewed) == []


def test_when_all_have_signed_nobody_moves_and_the_officer_is_told(scored, officer, tmp_path):
    dossier = round.dossiers(scored)[0]
    for seat in sitting(scored)[:3]:
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    assert followers(scored) == []
    assert short_of(scored) == [(dossier.number, 2, 3)]
    [told] = Message.objects.filter(kind="quorum.short")
    assert told.recipient == officer
    assert verified(scored, tmp_path) == ""


def test_when_nobody_is_left_in_the_drawn_order_the_dossier_is_short(reviewed, dossier, tmp_path):
    exhaust(reviewed, dossier)
    assert short_of(reviewed) == [(dossier.number, 0, 3)]
    assert verified(reviewed, tmp_path) == ""


def test_a_withdrawn_dossier_is_not_topped_up(draw, applicant):
    round.seat_all(draw)
    dossier = round.dossiers(draw.call)[0]
    for seat in sitting(draw.call)[:2]:
        aside(seat, dossier)
    type(dossier).objects.filter(pk=dossier.pk).update(status="withdrawn")
    aside(sitting(draw.call)[2], dossier)
    assert followers(draw.call) == []
    assert short_of(draw.call) == []


def test_a_seat_given_back_counts_as_well(reviewed, dossier):
    """Two are recused; a third gives the seat back and is followed, then that one does too."""
    one, two, three, *_ = sitting(reviewed)
    aside(one, dossier)
    aside(two, dossier)
    new = seats.decline(seat=three, reason="出差在外", by=three.expert.user)
    while new is not None:
        new = seats.decline(seat=new, reason="出差在外", by=new.expert.user)
    assert short_of(reviewed) == []
    assert [s.reason for s in Seat.objects.filter(state="replaced")] == ["too few scores"]


def test_who_follows_in_an_open_review_and_keeps_silent_is_passed_over(moving_clock, draw, officer):
    new = silent_follower(draw, officer)
    seats.pass_over(seat=new, reason="电话三次未接通", by=officer)
    new.refresh_from_db()
    assert new.state == "replaced"
    assert draws.reproduce(draw) == []


@pytest.mark.django_db(transaction=True)
def test_two_recusals_at_one_instant_move_one_seat(reviewed, dossier):
    one, two, three, four, *_ = sitting(reviewed)
    aside(one, dossier)
    got = race([lambda s=s: aside(s, dossier) for s in (two, three)])
    assert got == [None, None]
    assert len(followers(reviewed)) == 1
    assert short_of(reviewed) == []
    got = race([lambda s=s: aside(s, dossier) for s in (four, one)])
    assert sum(isinstance(g, Refused) for g in got) == 1  # the first had left it before
    assert draws.reproduce(reviewed.draws.get()) == []


@pytest.mark.django_db(transaction=True)
def test_who_signs_while_the_seat_is_taken_has_signed_or_is_gone(reviewed, dossier):
    one, two, three, *_ = sitting(reviewed)
    last = max((one, two, three), key=lambda s: (s.rank, s.pk))
    others = [s for s in (one, two, three) if s.pk != last.pk]
    aside(last, dossier)
    aside(others[0], dossier)
    for row in last.assignments.filter(state="open").select_related("panel__call", "expert__user"):
        table.finished(row)
    race(
        [
            lambda: signing.sign(panel=last.panel, by=last.expert.user),
            lambda: aside(others[1], dossier),
        ]
    )
    last.refresh_from_db()
    signed = last.assignments.filter(state="locked").exists()
    assert (last.state, signed) in {("accepted", True), ("replaced", False)}
    assert short_of(reviewed) == []
    assert draws.reproduce(reviewed.draws.get()) == []
