"""法定人数: a dossier keeps experts enough, by the drawn order; else two people let it go on."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call
from audit import clock
from audit.models import Event
from audit.refusals import Invalid, NotPermitted, Refused, WrongState
from notifications.models import Message
from reviews import waiting_office
from reviews.models import Assignment, Seat, Shortfall
from reviews.selectors import certificates, quorum
from reviews.services import declarations, draws, opening, panels, ranking, seats, signing
from reviews.services import quorum as acts
from tests.racing import race
from tests.reviews import round, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VERIFY = Path(__file__).parents[2] / "script" / "verify-draw"
WHY = "审计发现其持有该企业股份。"


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


def sitting(call) -> list[Seat]:
    """Who has accepted, the top of the drawn order first."""
    rows = Seat.objects.filter(draw__call=call, state="accepted")
    return list(rows.select_related("expert__user", "panel", "draw").order_by("rank", "pk"))


def aside(seat, dossier) -> None:
    row = Assignment.objects.get(seat=seat, application=dossier)
    declarations.step_aside(
        assignment=row, ground="conflict", reason="发现持有股份", by=seat.expert.user
    )


def followers(call) -> list[Seat]:
    return list(
        Seat.objects.filter(draw__call=call, follows__isnull=False)
        .select_related("expert__user", "follows__expert__user", "draw")
        .order_by("pk")
    )


def verified(call, tmp_path) -> str:
    """What the stand-alone program says of the draw's certificate; empty when it holds."""
    draw = call.draws.get()
    assert draws.reproduce(draw) == []
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(certificates.certificate_of(draw)), encoding="utf-8")
    run = subprocess.run([sys.executable, VERIFY, file], capture_output=True, check=False)
    return "" if run.returncode == 0 else run.stdout.decode()


def exhaust(call, dossier) -> None:
    """Whoever is asked leaves the dossier, until the drawn order has nobody left."""
    while True:
        for seat in followers(call):
            if seat.state == "invited":
                seats.accept(seat=seat, by=seat.expert.user)
        due = Assignment.objects.filter(
            application=dossier, state__in=("to_declare", "open"), seat__state="accepted"
        ).select_related("expert__user")
        if not due:
            return
        row = due.order_by("pk")[0]
        if row.state == "open":
            aside(row.seat, dossier)
        else:
            declarations.declare(
                assignment=row, conflict=True, kind="share", reason="持有股份", by=row.expert.user
            )


def short_of(call) -> list[tuple]:
    return [(s.application.number, s.possible, s.needed) for s in quorum.short_dossiers(call)]


# --- A seat changes hands ------------------------------------------------------------------------


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
    round.seat_all(draw)
    later = clock.now() + timedelta(days=30)
    call = opening.open_scoring(call=draw.call, due_at=later, by=officer)
    dossier = round.dossiers(call)[0]
    for seat in sitting(call)[:3]:
        aside(seat, dossier)
    clock.travel_by(timedelta(days=12))
    [new] = followers(call)
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


# --- Opening, closing and ranking over a short dossier -------------------------------------------


def test_scoring_does_not_open_over_a_short_dossier(draw, officer):
    round.seat_all(draw)
    dossier = round.dossiers(draw.call)[0]
    exhaust(draw.call, dossier)
    with pytest.raises(WrongState, match=rf"{dossier.number} can get only 0 of 3"):
        round.open_review(draw.call, officer)


@pytest.fixture
def short(kept, scored, officer):
    """Everybody has signed; then three are found to have a conflict with the first dossier."""

    def find() -> Call:
        for seat in sitting(scored)[:3]:
            table.conflict(
                expert=seat.expert, application=round.dossiers(scored)[0], reason=WHY, by=officer
            )
        return scored

    return kept.build("short", find, on=("scored",))


def test_the_stage_does_not_close_until_two_people_have_said_so(short, officer, approver):
    dossier = round.dossiers(short)[0]
    with pytest.raises(WrongState, match=rf"1 dossiers have too few.*{dossier.number}.*second"):
        ranking.close_scoring(call=short, by=officer)
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    with pytest.raises(WrongState, match="too few"):
        ranking.close_scoring(call=short, by=officer)
    acts.confirm_shortfall(shortfall=row, by=approver)
    ranking.close_scoring(call=short, by=officer)
    assert Event.objects.get(action="scoring.close").after["too_few"] == [dossier.number]
    made = ranking.compute_ranking(call=short, by=officer)
    [entry] = made.entries.filter(rank=None)
    assert (entry.application_id, entry.state, entry.scores) == (dossier.pk, "too_few", 2)
    acts_ = Event.objects.filter(action__startswith="shortfall.").order_by("pk")
    assert [(e.action, e.actor_id, e.after) for e in acts_] == [
        ("shortfall.propose", officer.pk, {"dossiers": [dossier.number]}),
        ("shortfall.confirm", approver.pk, {"dossiers": [dossier.number]}),
    ]


def test_a_conflict_found_after_the_close_holds_the_ranking(scored, officer, officer2):
    ranking.close_scoring(call=scored, by=officer)
    dossier = round.dossiers(scored)[0]
    for seat in sitting(scored)[:3]:
        table.conflict(expert=seat.expert, application=dossier, reason=WHY, by=officer)
    assert followers(scored) == []
    with pytest.raises(WrongState, match="too few"):
        ranking.compute_ranking(call=scored, by=officer)
    row = acts.propose_shortfall(call=scored, reason="专家回避过多，无人可补", by=officer)
    acts.confirm_shortfall(shortfall=row, by=officer2)
    assert ranking.compute_ranking(call=scored, by=officer).entries.filter(rank=None).count() == 1


def test_what_is_agreed_covers_those_dossiers_alone(short, officer, approver):
    round.go_on_with_too_few(short, officer, approver)
    other = round.dossiers(short)[1]
    for seat in sitting(short)[:3]:
        table.conflict(expert=seat.expert, application=other, reason=WHY, by=officer)
    with pytest.raises(WrongState, match=other.number):
        ranking.close_scoring(call=short, by=officer)
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    assert row.applications == [other.pk]


def test_who_may_say_so_and_when(reviewed, short, officer, supervisor, applicant):
    for somebody in (supervisor, applicant):
        with pytest.raises(NotPermitted):
            acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=somebody)
    with pytest.raises(Invalid) as refused:
        acts.propose_shortfall(call=short, reason="无人", by=officer)
    assert refused.value.field == "reason"
    row = acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    with pytest.raises(WrongState, match="already wait"):
        acts.propose_shortfall(call=short, reason="专家回避过多，无人可补", by=officer)
    for somebody in (officer, supervisor, applicant):
        with pytest.raises(NotPermitted):
            acts.confirm_shortfall(shortfall=row, by=somebody)


def test_nothing_is_to_agree_while_every_dossier_can_get_its_scores(reviewed, officer, approver):
    with pytest.raises(WrongState, match="nothing is to agree"):
        acts.propose_shortfall(call=reviewed, reason="专家评分进度太慢", by=officer)


def test_it_is_agreed_once_by_another_and_never_altered(short, officer, approver, approver2):
    row = round.go_on_with_too_few(short, officer, approver)
    with pytest.raises(WrongState, match="already"):
        acts.confirm_shortfall(shortfall=row, by=approver2)
    for change in (
        lambda: Shortfall.objects.update(reason="另有原因"),
        lambda: Shortfall.objects.update(confirmed_by=approver2),
        lambda: Shortfall.objects.all()._raw_delete("default"),
        lambda: Shortfall.objects.create(
            call=short, applications=[], reason="x", proposed_by=officer,
            proposed_at=clock.now(), confirmed_by=officer, confirmed_at=clock.now(),
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- Pages ---------------------------------------------------------------------------------------


def waiting(user) -> list[str]:
    return [item.title for item in waiting_office.waiting_for(user, clock.now())]


def test_workbench_and_pages_say_which_and_what_can_be_done(
    short, officer, approver, supervisor, region, client_of
):
    dossier, number = round.dossiers(short)[0], short.number
    assert waiting(officer)[:1] == [f"Dossiers of call {number} cannot get scores enough"]
    for page in ("reviews:progress", "reviews:call_panels"):
        response = client_of(officer).get(reverse(page, args=[number]))
        [row] = response.context["short"]
        assert (row["row"].application, row["left"]) == (dossier, 1)
        assert reverse("reviews:shortfall_new", args=[number]) in response.content.decode()
    close = reverse("reviews:close_scoring", args=[number])
    page = client_of(officer).get(close)
    assert page.context["short"] == [dossier] and 'id="confirm"' not in page.content.decode()
    assert client_of(officer).post(close).status_code == 409
    new = reverse("reviews:shortfall_new", args=[number])
    assert client_of(officer).post(new, {"reason": "无人"}).status_code == 422
    assert client_of(officer).post(new, {"reason": "专家回避过多，无人可补"}).status_code == 302
    row = Shortfall.objects.get()
    assert waiting(approver) == [f"Agree that dossiers of call {number} go on with too few scores"]
    url = reverse("reviews:shortfall", args=[row.pk])
    assert url in client_of(officer).get(close).content.decode()
    assert not client_of(officer).get(url).context["may_agree"]
    assert client_of(supervisor).post(url).status_code == 403
    assert client_of(region).get(url).status_code == 403
    assert client_of(approver).get(url).context["may_agree"]
    assert client_of(approver).post(url).status_code == 302
    assert waiting(approver) == []
    assert f"Dossiers of call {number} cannot get scores enough" not in waiting(officer)
    assert client_of(officer).get(close).context["going_on"] == [dossier]
    assert client_of(officer).post(close).status_code == 302


def test_before_the_opening_the_pages_ask_for_a_new_draw(draw, officer, client_of):
    round.seat_all(draw)
    exhaust(draw.call, round.dossiers(draw.call)[0])
    page = client_of(officer).get(reverse("reviews:progress", args=[draw.call.number]))
    assert "由监督人作废本次抽取" in page.content.decode()
    assert reverse("reviews:shortfall_new", args=[draw.call.number]) not in page.content.decode()


def test_the_page_of_the_progress_keeps_to_its_queries(short, officer, client_of):
    client, url = client_of(officer), reverse("reviews:progress", args=[short.number])
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert len(seen) <= 15
