"""The draw: two sealed numbers, nobody steers it, what is drawn can be computed again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from accounts.services import roles
from audit import clock
from audit.digests import sm3
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from notifications.models import Message
from reviews import witnessing
from reviews.models import Assignment, Draw, Seat
from reviews.rules import conflicts_of
from reviews.selectors import draws as reading
from reviews.services import draws, panels, voiding
from reviews.services.pool import record_interest
from tests import making
from tests.racing import race
from tests.reviews import round
from tests.reviews.round import OFFICERS, SUPERVISORS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_five_experts_are_drawn_and_invited_once(draw):
    assert draw.status == "drawn"
    assert [s.state for s in draw.seats.all()] == ["invited"] * 5
    assert len({s.expert_id for s in draw.seats.all()}) == 5
    assert Assignment.objects.filter(seat__draw=draw, state="to_declare").count() == 40
    assert Message.objects.filter(kind="seat.invited").count() == 5
    assert draws.reproduce(draw) == []


def test_the_same_numbers_give_the_same_draw_and_others_another(grouped, officer, supervisor):
    first = round.drawn(grouped, officer, supervisor).result
    again = draws.assignment.assign(
        draws.pool.read(Draw.objects.get().input), bytes.fromhex(Draw.objects.get().seed)
    )
    assert [(r["seat"], r["expert"]) for r in first] == [(s.seat, s.expert) for s in again]


def test_every_step_is_in_the_log_once(draw):
    events = Event.objects.filter(object_type="reviews.draw").order_by("pk")
    assert [(e.action, e.source, e.target) for e in events] == [
        ("draw.prepare", "", "prepared"),
        ("draw.commit", "prepared", "prepared"),
        ("draw.commit", "prepared", "committed"),
        ("draw.reveal", "committed", "committed"),
        ("draw.perform", "committed", "drawn"),
    ]
    assert list(witnessing.draws()) == []


def test_no_number_is_kept_before_it_is_revealed(grouped, officer, supervisor):
    draw = round.sealed(grouped, officer, supervisor)
    assert (draw.operator_secret, draw.supervisor_secret, draw.seed) == ("", "", "")
    told = " ".join(str(e.after) for e in Event.objects.filter(object_type="reviews.draw"))
    assert OFFICERS not in told
    assert SUPERVISORS not in told


def test_one_person_never_seals_both_numbers(grouped, officer, supervisor):
    draw = draws.prepare_draw(call=grouped, by=officer)
    draws.commit_secret(draw=draw, secret=OFFICERS, by=officer)
    with pytest.raises(WrongState, match="already sealed"):
        draws.commit_secret(draw=draw, secret=SUPERVISORS, by=officer)
    with pytest.raises(Invalid, match="the same"):
        draws.commit_secret(draw=draw, secret=OFFICERS, by=supervisor)


def test_an_officer_who_did_not_prepare_and_is_no_supervisor_seals_nothing(
    grouped, officer, officer2
):
    draw = draws.prepare_draw(call=grouped, by=officer)
    with pytest.raises(NotPermitted):
        draws.commit_secret(draw=draw, secret=SUPERVISORS, by=officer2)


@pytest.mark.parametrize("secret", ["", "12345", "zz" * 32, "ab" * 31, "ab" * 33])
def test_a_number_is_64_hexadecimal_digits(grouped, officer, secret):
    draw = draws.prepare_draw(call=grouped, by=officer)
    with pytest.raises(Invalid) as refused:
        draws.commit_secret(draw=draw, secret=secret, by=officer)
    assert refused.value.field == "secret"


def test_capital_letters_make_the_same_number(grouped, officer, supervisor):
    draw = round.sealed(grouped, officer, supervisor)
    draws.reveal_supervisor(draw=draw, secret=SUPERVISORS.upper(), by=supervisor)
    assert Draw.objects.get().supervisor_secret == SUPERVISORS


def test_the_supervisor_reveals_first_then_the_officer_presses(
    grouped, officer, officer2, supervisor
):
    draw = round.sealed(grouped, officer, supervisor)
    with pytest.raises(WrongState, match="reveals first"):
        draws.perform_draw(draw=draw, secret=OFFICERS, by=officer)
    with pytest.raises(Invalid, match="not the number"):
        draws.reveal_supervisor(draw=draw, secret=OFFICERS, by=supervisor)
    draws.reveal_supervisor(draw=draw, secret=SUPERVISORS, by=supervisor)
    with pytest.raises(NotPermitted, match="who prepared"):
        draws.perform_draw(draw=draw, secret=OFFICERS, by=officer2)
    with pytest.raises(Invalid, match="not the number"):
        draws.perform_draw(draw=draw, secret=SUPERVISORS, by=officer)
    assert draws.perform_draw(draw=draw, secret=OFFICERS, by=officer).status == "drawn"
    with pytest.raises(WrongState):
        draws.perform_draw(draw=draw, secret=OFFICERS, by=officer)


def named(call, officer, supervisor):
    """Both numbers sealed, a public value named for tomorrow, the supervisor's revealed."""
    draw = draws.prepare_draw(
        call=call,
        public_entropy_source="体彩第24001期前区",
        public_entropy_from=clock.now() + timedelta(days=1),
        by=officer,
    )
    draws.commit_secret(draw=draw, secret=OFFICERS, by=officer)
    draws.commit_secret(draw=draw, secret=SUPERVISORS, by=supervisor)
    return draws.reveal_supervisor(draw=draw, secret=SUPERVISORS, by=supervisor)


def test_a_public_value_named_beforehand_is_waited_for(grouped, officer, supervisor):
    draw = named(grouped, officer, supervisor)
    assert draw.input["rules"]["public_entropy"] == "体彩第24001期前区"
    with pytest.raises(WrongState, match="cannot be known yet"):
        draws.perform_draw(draw=draw, secret=OFFICERS, public_entropy="03 11 19", by=officer)


def test_a_public_value_named_beforehand_must_be_given(moving_clock, grouped, officer, supervisor):
    draw = named(grouped, officer, supervisor)
    clock.travel_by(timedelta(days=1, minutes=1))
    with pytest.raises(Invalid) as refused:
        draws.perform_draw(draw=draw, secret=OFFICERS, by=officer)
    assert refused.value.field == "public_entropy"
    made = draws.perform_draw(draw=draw, secret=OFFICERS, public_entropy="03 11 19", by=officer)
    assert draws.reproduce(made) == []


@pytest.mark.parametrize(
    ("source", "days", "field"),
    [
        ("体彩第24001期", None, "public_entropy_from"),
        ("", 1, "public_entropy_source"),
        ("体彩第24001期", -1, "public_entropy_from"),
    ],
)
def test_a_public_value_is_named_whole_and_before_anybody_knows_it(
    grouped, officer, source, days, field
):
    known_from = None if days is None else clock.now() + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        draws.prepare_draw(
            call=grouped, public_entropy_source=source, public_entropy_from=known_from, by=officer
        )
    assert refused.value.field == field


def test_a_redraw_is_never_one_persons_doing(draw, house, officer, supervisor, secadmin):
    """Whoever voids may become an officer; the new draw is prepared by somebody else."""
    voiding.void_draw(draw=draw, reason="一位专家的类别登记有误", by=supervisor)
    roles.revoke_grant(grant=supervisor.grants.get(), reason="转岗", by=secadmin)
    house.grant(supervisor, Role.PROGRAMME_OFFICER)
    with pytest.raises(NotPermitted, match="second person"):
        draws.prepare_draw(call=draw.call, reason="专家类别更正后重新抽取", by=supervisor)
    again = draws.prepare_draw(call=draw.call, reason="专家类别更正后重新抽取", by=officer)
    assert (again.operator, again.agreed_by) == (officer, supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.create(
            call=draw.call,
            number="X",
            status="void",
            input={},
            operator=officer,
            agreed_by=officer,
            reason="x" * 12,
            prepared_at=clock.now(),
            voided_at=clock.now(),
            voided_by=supervisor,
            void_reason="x",
        )


def test_institutions_cannot_be_guessed_from_the_input(grouped, officer, pool):
    first = draws.prepare_draw(call=grouped, by=officer)
    assert first.salt not in str(first.input)
    hashed = {e["id"]: e["institution"] for e in first.input["experts"]}
    for entry in pool:
        own = sm3(f"{first.salt}:{entry.employer.uscc}".encode())
        assert hashed[entry.pseudonym] == own
    other = reading.build_input(grouped, first.number, "1" * 64)
    assert {e["institution"] for e in other["experts"]}.isdisjoint(hashed.values())


def test_no_draw_is_prepared_on_seats_that_cannot_be_filled(grouped, officer, pool):
    panels.set_seats(
        panel=grouped.panels.get(),
        seats=[{"id": "finance", "kind": "finance", "specialty": None, "count": 5}],
        by=officer,
    )
    with pytest.raises(WrongState, match="cannot be filled"):
        draws.prepare_draw(call=grouped, by=officer)
    assert not Draw.objects.exists()


def test_no_draw_without_panels_or_with_a_dossier_left_out(screened, pool, officer, firm):
    with pytest.raises(WrongState, match="Form the panels"):
        draws.prepare_draw(call=screened, by=officer)
    panels.form_panels(call=screened, by=officer)
    left_out = screened.panels.get().places.first()
    left_out.delete()
    with pytest.raises(WrongState, match="no panel"):
        draws.prepare_draw(call=screened, by=officer)


def test_ties_bar_an_expert_from_the_applicants_dossiers(grouped, officer, supervisor, firm, pool):
    tied = pool[0]
    record_interest(expert=tied, organisation=firm, kind="share", by=officer)
    data = reading.build_input(grouped, "X", "0" * 64)
    assert {r["expert"] for r in data["recusals"]} == {tied.pseudonym}
    grounds = reading.grounds_of(reading.standing_basis(grouped, clock.today()))
    assert {g["ground"] for g in grounds} == {"share"}
    draw = round.drawn(grouped, officer, supervisor)
    assert tied.pseudonym not in {r["expert"] for r in draw.result}


def test_one_who_lost_the_role_is_not_drawn(grouped, officer, pool, house, secadmin):
    grant = pool[0].user.grants.get()
    roles.revoke_grant(grant=grant, reason="退休", by=secadmin)
    ids = [e["id"] for e in reading.build_input(grouped, "X", "0" * 64)["experts"]]
    assert ids == [e.pseudonym for e in pool[1:]]


def test_a_barred_dossier_is_laid_out_as_recused(officer, supervisor, pool, applicant, applicant2):
    """A tie to one of many applicants leaves the expert on the panel, without that dossier."""
    home = making.region("220581")
    many = making.firm("梅河口甲公司", home, applicant)
    one = making.firm("梅河口乙公司", home, applicant2)
    call = round.eligible(officer, many, {"textiles": 8}, max_single_recusals_percent=20)
    call_of_one = round.eligible(officer, one, {"textiles": 1})
    lone = call_of_one.applications.get()
    record_interest(expert=pool[0], organisation=one, kind="kin", by=officer)
    found = conflicts_of(pool, [lone, *call.applications.all()], same_region=True, on=clock.today())
    assert found == {(pool[0].pk, lone.pk): "kin"}


@pytest.mark.django_db(transaction=True)
def test_thirty_presses_draw_once(grouped, officer, supervisor):
    draw = round.sealed(grouped, officer, supervisor)
    draws.reveal_supervisor(draw=draw, secret=SUPERVISORS, by=supervisor)
    results = race([lambda: draws.perform_draw(draw=draw, secret=OFFICERS, by=officer)] * 8)
    assert sum(isinstance(r, Draw) for r in results) == 1
    assert {type(r) for r in results if not isinstance(r, Draw)} == {WrongState}
    assert Seat.objects.count() == 5
    assert Message.objects.filter(kind="seat.invited").count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_officers_prepare_at_once_and_one_draw_stands(grouped, officer, officer2):
    results = race(
        [
            lambda: draws.prepare_draw(call=grouped, by=officer),
            lambda: draws.prepare_draw(call=grouped, by=officer2),
        ]
    )
    assert sorted(type(r).__name__ for r in results) == ["Draw", "WrongState"]
    assert Draw.objects.count() == 1
