"""A call whose experts are matched with single dossiers, from the draw to the ranking."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from applications.call_rules import CallRules, RulesError
from audit.refusals import WrongState
from reviews import witnessing
from reviews.models import Assignment, Draw, Expert, Seat
from reviews.selectors import certificates, quorum
from reviews.selectors import draws as reading
from reviews.services import conflicts, declarations, draws, panels, ranking, seats, voiding
from tests.matrix.twins import triggers_off
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VERIFY = Path(__file__).parents[2] / "script" / "verify-draw"
WHY = "审计发现其持有该企业股份。"
RULES = {"experts": "application", "panel_size": 3, "min_scores": 2, "most_dossiers": 6}


@pytest.fixture
def screened_single(kept, officer, firm):
    """Eight dossiers of two industries, each to get three experts."""
    return kept.build(
        "screened_single",
        lambda: round.eligible(officer, firm, {"equipment": 5, "ev_parts": 3}, **RULES),
        on=("officer", "applicant"),
    )


@pytest.fixture
def single(kept, screened_single, pool, officer):
    """Grouped; three of the nine experts know one of the industries."""

    def group():
        for expert, known in zip(pool, ("equipment", "equipment", "ev_parts"), strict=False):
            Expert.objects.filter(pk=expert.pk).update(specialties=[known])
        return panels.form_panels(call=screened_single, by=officer)

    kept.build("single", group, on=("screened_single", "pool"))
    screened_single.refresh_from_db()
    return screened_single


@pytest.fixture
def matched(kept, single, officer, supervisor):
    return kept.build(
        "matched",
        lambda: round.drawn(single, officer, supervisor),
        on=("single", "supervisor"),
    )


@pytest.fixture
def matched_review(kept, matched, officer):
    def review():
        round.seat_all(matched)
        return round.open_review(matched.call, officer)

    return kept.build("matched_review", review, on=("matched",))


def held(call) -> Counter:
    live = Assignment.objects.filter(panel__call=call).exclude(state__in=("void", "recused"))
    return Counter(live.values_list("application__number", flat=True))


def verified(draw, tmp_path) -> str:
    """What the stand-alone program says; empty when it holds."""
    assert draws.reproduce(draw) == []
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(certificates.certificate_of(draw)), encoding="utf-8")
    run = subprocess.run([sys.executable, VERIFY, file], capture_output=True, check=False)
    return "" if run.returncode == 0 else run.stdout.decode() + run.stderr.decode()


def test_every_dossier_gets_its_experts_and_the_certificate_holds(matched, tmp_path):
    assert set(held(matched.call).values()) == {3} and len(held(matched.call)) == 8
    loads = Counter(Assignment.objects.values_list("expert", flat=True))
    assert max(loads.values()) <= 6
    assert Seat.objects.values("panel", "expert").distinct().count() == Seat.objects.count()
    assert matched.figures["total"] == matched.figures["bound"]
    assert list(witnessing.draws()) == []
    assert verified(matched, tmp_path) == ""


def test_specialists_go_to_the_dossiers_they_know(matched, pool):
    """To all of them: nobody else fits so well."""
    for expert, known, count in zip(
        pool, ("equipment", "equipment", "ev_parts"), (5, 5, 3), strict=False
    ):
        rows = Assignment.objects.filter(expert=expert, application__industry__code=known)
        assert rows.count() == count


def test_scores_come_in_and_the_ranking_is_computed(matched_review, officer):
    for seat in Seat.objects.filter(draw__call=matched_review).select_related(
        "panel", "expert__user"
    ):
        round.score(seat)
    ranking.close_scoring(call=matched_review, by=officer)
    made = ranking.compute_ranking(call=matched_review, by=officer)
    assert set(made.entries.values_list("scores", flat=True)) == {3}
    assert list(witnessing.sheets()) == []


def test_the_rule_of_the_worst_off_is_shown_with_its_bound(single, officer, supervisor, tmp_path):
    rules = type(single).objects.get(pk=single.pk).rules | {"match": "least"}
    with triggers_off():
        type(single).objects.filter(pk=single.pk).update(rules=rules)
    draw = round.drawn(type(single).objects.get(pk=single.pk), officer, supervisor)
    assert draw.input["matching"]["aim"] == "least"
    assert draw.figures["least"] <= draw.figures["bound"]
    assert verified(draw, tmp_path) == ""


def test_who_declines_is_followed_by_one_who_takes_all_of_it(matched, tmp_path):
    seat = round.invited(matched)[0]
    own = set(seat.assignments.values_list("application__number", flat=True))
    new = seats.decline(seat=seat, reason="出差在外", by=seat.expert.user)
    assert set(new.assignments.values_list("application__number", flat=True)) == own
    assert set(held(matched.call).values()) == {3}
    assert verified(matched, tmp_path) == ""
    then = seats.decline(seat=new, reason="出差在外", by=new.expert.user)
    if then is not None:
        assert set(then.assignments.values_list("application__number", flat=True)) == own
    assert verified(Draw.objects.get(pk=matched.pk), tmp_path) == ""


def test_a_recusal_leaves_the_other_dossiers_with_the_expert(matched_review, officer, tmp_path):
    seat = Seat.objects.filter(draw__call=matched_review).order_by("pk")[0]
    row, *others = seat.assignments.order_by("pk")
    declarations.step_aside(
        assignment=row, ground="conflict", reason="发现持有股份", by=seat.expert.user
    )
    seat.refresh_from_db()
    assert seat.state == "accepted"
    assert {a.state for a in seat.assignments.exclude(pk=row.pk)} <= {"open"} and others
    assert quorum.short_dossiers(matched_review) == []
    assert verified(seat.draw, tmp_path) == ""


def test_a_seat_is_taken_over_where_a_dossier_would_be_short(matched_review, officer, tmp_path):
    dossier = round.dossiers(matched_review)[0]
    first, second, _third = Assignment.objects.filter(application=dossier).order_by("pk")
    table.conflict(expert=first.expert, application=dossier, reason=WHY, by=officer)
    finding = conflicts.Finding(second, "share", WHY, table.EVIDENCE)
    found = conflicts.foresee_conflict(finding=finding, by=officer)
    table.conflict(expert=second.expert, application=dossier, reason=WHY, by=officer)
    short = [(s.application.number, s.possible) for s in quorum.short_dossiers(matched_review)]
    followed = Seat.objects.filter(follows__isnull=False)
    assert bool(found.seats) != bool(short)
    assert followed.count() == len(found.seats)
    assert verified(matched_review.draws.get(), tmp_path) == ""


def test_a_dossier_that_cannot_get_its_experts_is_named(single, pool, officer, client_of):
    for expert in pool[2:]:
        Expert.objects.filter(pk=expert.pk).update(active=False)
    short = reading.supply_report(single)
    assert {(s.needed, s.cause) for s in short} == {(3, "load")}
    with pytest.raises(WrongState, match="supply report"):
        draws.prepare_draw(call=single, by=officer)
    page = client_of(officer).get(reverse("reviews:draw_prepare", args=[single.number]))
    assert round.dossiers(single)[0].number in {row["seat"] for row in page.context["shortages"]}


def test_panels_of_such_a_call_have_no_seats(single, officer, client_of):
    panel = single.panels.first()
    assert panel.seats_wanted == []
    wanted = [{"id": "technology", "kind": "technology", "specialty": None, "count": 3}]
    with pytest.raises(WrongState, match="single dossiers"):
        panels.set_seats(panel=panel, seats=wanted, by=officer)
    client = client_of(officer)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("reviews:call_panels", args=[single.number])).content.decode()
    assert "3 experts for each dossier, nobody with more than 6" in page
    assert "unusual size" not in page
    seated = client.get(reverse("reviews:panel_seats", args=[single.number, 1])).content.decode()
    assert ("no panel has seats" in seated, "form-acts" in seated) == (True, False)
    page = client.get(reverse("reviews:draw_prepare", args=[single.number])).content.decode()
    assert "Every dossier can get its experts." in page and "Every seat" not in page
    assert "Change the seats" not in page


def test_a_voided_matching_is_drawn_again(matched, officer, supervisor, officer2):
    voiding.void_draw(draw=matched, reason="专家库数据有误，重新抽取", by=supervisor)
    draw = draws.prepare_draw(call=matched.call, reason="专家库数据已更正，重抽", by=officer)
    draws.commit_secret(draw=draw, secret="0c" * 32, by=officer)
    draws.commit_secret(draw=draw, secret="0d" * 32, by=supervisor)
    draws.reveal_supervisor(draw=draw, secret="0d" * 32, by=supervisor)
    draw = draws.perform_draw(draw=draw, secret="0c" * 32, by=officer)
    assert set(held(matched.call).values()) == {3}
    assert draw.result != matched.result


def test_pages_show_who_judges_what_and_the_bound(matched, officer, client_of, client):
    office = client_of(officer)
    office.cookies["django_language"] = client.cookies["django_language"] = "en"
    page = office.get(reverse("reviews:draw", args=[matched.number]), {"verify": "1"})
    assert page.context["verification"]["holds"]
    told = {row["seat"].pk: row["name"] for g in page.context["groups"] for row in g["seats"]}
    seat = round.invited(matched)[0]
    numbers = seat.assignments.order_by("application__number").values_list(
        "application__number", flat=True
    )
    assert told[seat.pk] == ", ".join(numbers)
    total = str(matched.figures["total"])
    assert ("No matching reaches a greater sum than", total) in page.context["figures"]
    with triggers_off():
        type(matched.call).objects.filter(pk=matched.call_id).update(status="scored")
    dossier = round.dossiers(matched.call)[0].number
    address = reverse("portal:public_draw", args=[matched.number])
    public = client.get(address, {"dossier": dossier})
    own = {s.expert for item in public.context["mine"] for s in item["panel"].seats}
    judges = Assignment.objects.filter(application__number=dossier)
    assert own == set(judges.values_list("expert__pseudonym", flat=True)) and len(own) == 3
    assert "Place in the order" not in page.content.decode() + public.content.decode()
    assert "kind and specialty fit" not in public.content.decode()
    assert public.context["verification"]["holds"]
    assert "matched with single dossiers" in public.content.decode()
    certificate = client.get(reverse("portal:draw_certificate", args=[matched.number])).json()
    assert certificate["matching"] == matched.figures


def test_altered_figures_are_found(matched):
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_draw SET figures = jsonb_set(figures, '{bound}', '99')")
    [line] = witnessing.draws()
    assert "figures" in line
    assert draws.reproduce(Draw.objects.get(pk=matched.pk)) != []


@pytest.mark.parametrize(
    ("name", "value"), [("experts", "nobody"), ("match", "luck"), ("most_dossiers", 0)]
)
def test_rules_that_cannot_be_are_refused(name, value):
    with pytest.raises(RulesError) as refused:
        CallRules.from_data({name: value})
    assert refused.value.name == name
    assert CallRules.from_data({}).by_application is False
