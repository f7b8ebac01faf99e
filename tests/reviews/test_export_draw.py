"""`manage.py export_draw`: the certificate once the review is closed, and not before."""

import json

import pytest
from django.core.management import CommandError, call_command

from audit.services import seal_events
from reviews.services import draws, ranking, seats
from tests.maths.test_verify_draw import verify
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def closed(draw, officer):
    """One expert declined, the others scored; scoring is closed."""
    leaving = draw.seats.select_related("expert__user").get(code__startswith="finance")
    seats.decline(seat=leaving, reason="评审期间出差", by=leaving.expert.user)
    round.seat_all(draw)
    round.open_review(draw.call, officer)
    for seat in round_seats(draw):
        round.score(seat)
    ranking.close_scoring(call=draw.call, by=officer)
    return draw


def round_seats(draw):
    return draw.seats.filter(state="accepted").select_related("panel", "expert__user")


def test_the_certificate_is_verified_by_the_program_for_outsiders(closed, tmp_path, capsys):
    file = tmp_path / "draw.json"
    call_command("export_draw", closed.number, "--output", str(file))
    text = file.read_text(encoding="utf-8")
    call_command("export_draw", closed.number)
    assert capsys.readouterr().out == text
    certificate = json.loads(text)
    assert verify.check(certificate) == ([], True)
    assert certificate["replacements"][0]["reason"] == "declined"
    assert sorted(certificate["times"]) == sorted([*verify.STEPS, "replacement_1"])
    assert closed.salt not in text
    for seat in closed.seats.select_related("expert__user", "expert__employer"):
        assert seat.expert.user.name not in text
        assert seat.expert.employer.uscc not in text


def test_it_names_the_places_of_the_steps_in_the_sealed_log(closed, capsys):
    call_command("export_draw", closed.number)
    assert set(json.loads(capsys.readouterr().out)["record"]["seals"].values()) == {None}
    seal_events()
    call_command("export_draw", closed.number)
    certificate = json.loads(capsys.readouterr().out)
    places = certificate["record"]["seals"]
    steps = ["prepared", "operator_committed", "supervisor_committed"]
    steps += ["supervisor_revealed", "drawn", "replacement_1"]
    assert [places[step] for step in steps] == sorted(places.values())
    assert verify.check(certificate) == ([], True)


def test_it_is_refused_before_the_review_is_closed(draw, tmp_path):
    with pytest.raises(CommandError, match="not closed yet"):
        call_command("export_draw", draw.number)
    with pytest.raises(CommandError, match="no draw 2099-1-D1"):
        call_command("export_draw", "2099-1-D1")


def test_what_was_not_drawn_has_no_certificate(grouped, officer):
    made = draws.prepare_draw(call=grouped, by=officer)
    with pytest.raises(CommandError, match="has not been drawn"):
        call_command("export_draw", made.number)


def test_a_place_that_cannot_be_written_is_named(closed, tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_draw", closed.number, "--output", str(tmp_path / "none" / "x"))
