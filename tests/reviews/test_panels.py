"""Forming panels, moving dossiers, asking for seats: by the officer, before the draw."""

import pytest

from applications.models import CallStatus, Industry
from applications.workflow import Status
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, WrongState
from reviews.models import Panel
from reviews.services import panels
from tests import making
from tests.reviews import round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_kindred_dossiers_stand_on_one_panel(screened, pool, officer):
    made = panels.form_panels(call=screened, by=officer)
    assert [(p.number, p.places.count()) for p in made] == [(1, 8)]
    assert made[0].name_zh == "特色装备、新能源汽车零部件"
    assert {i.code for i in made[0].industries.all()} == {"equipment", "ev_parts"}
    assert sum(seat["count"] for seat in made[0].seats_wanted) == 5
    event = Event.objects.get(action="panels.form")
    assert (event.after["panels"], event.after["dossiers"]) == (1, 8)


def test_a_second_forming_replaces_the_first(grouped, officer):
    before = grouped.panels.get().pk
    panels.form_panels(call=grouped, smallest=3, largest=5, by=officer)
    assert [p.places.count() for p in grouped.panels.order_by("number")] == [3, 5]
    assert not Panel.objects.filter(pk=before).exists()


def test_only_an_officer_forms_panels(screened, supervisor, expert, approver):
    for person in (supervisor, expert, approver):
        with pytest.raises(NotPermitted):
            panels.form_panels(call=screened, by=person)


def test_not_while_a_dossier_is_still_checked(screened, officer, firm):
    making.move(screened.applications.first(), Status.RETURNED)
    with pytest.raises(WrongState, match="still being checked"):
        panels.form_panels(call=screened, by=officer)


def test_not_on_panels_that_are_being_drawn(grouped, officer, supervisor):
    round.sealed(grouped, officer, supervisor)
    for act in (
        lambda: panels.form_panels(call=grouped, by=officer),
        lambda: panels.set_seats(panel=grouped.panels.get(), seats=[], by=officer),
    ):
        with pytest.raises(WrongState, match="already prepared"):
            act()


def test_sizes_must_make_sense(screened, officer):
    with pytest.raises(Invalid) as refused:
        panels.form_panels(call=screened, smallest=9, largest=4, by=officer)
    assert refused.value.field == "largest"


def test_a_specialist_is_asked_for_where_the_pool_has_two(screened, pool, officer):
    for expert in pool[:2]:
        expert.specialties = ["equipment"]
        expert.save(update_fields=["specialties"])
    seats = panels.form_panels(call=screened, by=officer)[0].seats_wanted
    assert seats[0] == {
        "id": "technology-equipment",
        "kind": "technology",
        "specialty": "equipment",
        "count": 1,
    }


def test_a_specialty_that_cannot_be_had_is_given_up(screened, pool, officer):
    for expert in pool[:2]:
        expert.specialties = ["equipment"]
        expert.employer = pool[0].employer
        expert.region = making.region("220581")  # where every dossier is built
        expert.save()
    seats = panels.form_panels(call=screened, by=officer)[0].seats_wanted
    assert [seat["specialty"] for seat in seats] == [None] * len(seats)
    assert Event.objects.get(action="panels.form").after["relaxed"] == ["1:technology-equipment"]


def test_a_dossier_moves_with_its_reason_and_an_empty_panel_goes(grouped, officer):
    panels.form_panels(call=grouped, smallest=3, largest=5, by=officer)
    first, second = grouped.panels.order_by("number")
    places = list(first.places.order_by("order"))
    for place in places:
        panels.move_dossier(
            application=place.application, panel=second, reason="产业相近", by=officer
        )
    assert [p.pk for p in grouped.panels.all()] == [second.pk]
    assert [p.order for p in second.places.order_by("order")] == [1, 2, 3, 4, 5, 6, 7, 8]
    moved = Event.objects.filter(action="panels.move").order_by("pk")
    assert [e.after["dissolved"] for e in moved] == [False, False, True]
    assert {e.reason for e in moved} == {"产业相近"}


def test_a_move_needs_a_reason_another_panel_and_the_same_references(grouped, officer, firm):
    panels.form_panels(call=grouped, smallest=3, largest=5, by=officer)
    first, second = grouped.panels.order_by("number")
    dossier = first.places.first().application
    for target, reason, field in ((second, " ", "reason"), (first, "产业相近", "panel")):
        with pytest.raises(Invalid) as refused:
            panels.move_dossier(application=dossier, panel=target, reason=reason, by=officer)
        assert refused.value.field == field
    Industry.objects.filter(pk=dossier.industry_id).update(
        references={"Q2.1": {"full_yuan": "100000000"}}
    )
    with pytest.raises(Invalid, match="other references"):
        panels.move_dossier(application=dossier, panel=second, reason="产业相近", by=officer)
    other = round.eligible(officer, firm, {"nuts": 8})
    stranger = panels.form_panels(call=other, by=officer)[0]
    with pytest.raises(Invalid, match="another call"):
        panels.move_dossier(application=dossier, panel=stranger, reason="产业相近", by=officer)


def seat(kind: str, count: int, specialty: str | None = None) -> dict:
    return {
        "id": f"{kind}-{specialty or 'any'}",
        "kind": kind,
        "specialty": specialty,
        "count": count,
    }


def test_the_officer_says_which_experts_a_panel_wants(grouped, officer):
    wanted = [seat("technology", 3, "equipment"), seat("finance", 2)]
    panels.set_seats(panel=grouped.panels.get(), seats=wanted, by=officer)
    assert grouped.panels.get().seats_wanted == wanted


@pytest.mark.parametrize(
    ("seats", "field"),
    [
        ([seat("technology", 4)], "count"),
        ([seat("technology", 4), seat("finance", 0)], "count"),
        ([seat("astrology", 5)], "kind"),
        ([seat("technology", 5, "astrology")], "specialty"),
        ([seat("finance", 3), seat("finance", 2)], "kind"),
        ([], "count"),
    ],
)
def test_seats_that_no_draw_could_fill_are_refused(grouped, officer, seats, field):
    with pytest.raises(Invalid) as refused:
        panels.set_seats(panel=grouped.panels.get(), seats=seats, by=officer)
    assert refused.value.field == field


def test_the_supply_report_names_seat_and_cause(grouped, officer, pool):
    wanted = [seat("finance", 3), seat("technology", 2)]
    panels.set_seats(panel=grouped.panels.get(), seats=wanted, by=officer)
    [short] = panels.shortages(grouped)
    assert (short.panel, short.seat, short.needed, short.available, short.cause) == (
        "1",
        "finance-any",
        3,
        2,
        "kind",
    )


def test_forming_ends_the_screening_of_a_call_whose_dossiers_are_all_decided(
    screened, pool, officer
):
    type(screened).objects.filter(pk=screened.pk).update(status=CallStatus.PUBLISHED)
    panels.form_panels(call=screened, by=officer)
    screened.refresh_from_db()
    assert screened.status == CallStatus.SCREENED
